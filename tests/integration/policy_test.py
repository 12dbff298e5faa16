"""What policy decides reaches Postfix, its client and the recipients: by a
module that does what X-Probe fields of the message ask for.

usage: see scene.py
"""
from judges import fields, names
from place import wait
from scene import Scene, somebody
from tap import equal, main, test

scene = Scene()
MAIL = b"From: Ada <ada@here.test>\r\nX-A: 1\r\nX-B: 2\r\nX-A: 3\r\n"


def wishing(*wishes):
    return MAIL + b"".join(b"X-Probe: " + wish.encode() + b"\r\n"
                           for wish in wishes) + b"\r\nbody\r\n"


@test("a refusal reaches the client as policy worded it")
def reject():
    equal(scene.refused(wishing("code 550 5.7.1 not here")),
          (550, "5.7.1 not here"))
    equal(scene.refused(wishing("code 554 100% unwanted %s")),
          (554, "5.7.1 100% unwanted %s"))
    equal(scene.refused(wishing("code 451 4.7.1 later")),
          (451, "4.7.1 later"))
    equal(scene.refused(wishing("code 421 4.7.0 go away")),
          (421, "4.7.0 go away"))


@test("a refused recipient is one recipient less")
def recipient():
    good = somebody()
    with scene.postfix.client("mx") as smtp:
        smtp.command("MAIL FROM:<ada@here.test>")
        equal(smtp.command("RCPT TO:<refuse@world.test>"),
              (550, "5.1.1 no such user"))
        equal(smtp.command(f"RCPT TO:<{good}>")[0], 250)
        equal(smtp.smtp.data(wishing())[0], 250)
    scene.sink.await_mail(good)
    equal(scene.sink.got("refuse@world.test"), [])


@test("discarded mail is taken and delivered to nobody")
def discard():
    rcpt = somebody()
    with scene.postfix.client("mx") as smtp:
        equal(smtp.send("ada@here.test", rcpt, wishing("discard"))[0], 250)
    scene.send(wishing())  # one behind it comes out
    scene.postfix.await_empty_queue()
    equal(scene.sink.got(rcpt), [])


@test("quarantined mail is held in Postfix's queue, until it is released")
def hold():
    rcpt = somebody()
    with scene.postfix.client("mx") as smtp:
        equal(smtp.send("ada@here.test", rcpt, wishing("hold"))[0], 250)
    held = wait("mail to be held", scene.postfix.queue)
    equal([(mail["queue_name"], mail["recipients"][0]["address"])
           for mail in held], [("hold", rcpt)])
    equal(scene.sink.got(rcpt), [])
    scene.postfix.command("postsuper", "-H", held[0]["queue_id"])
    came = scene.sink.await_mail(rcpt)
    scene.judges.all_pass({"released": came})


@test("header fields are put on top, at the end, and taken away")
def header():
    came = scene.send(wishing("early prepend X-Top 1", "early prepend X-Top 2",
                              "early append X-Last 1",
                              "early append X-Last 2", "early remove X-B"))
    equal(fields(came, "X-Top"), ["2", "1"])
    equal(names(came)[:4], ["DKIM-Signature", "X-Top", "X-Top", "Received"])
    equal(fields(came, "X-B"), [])
    equal(fields(came, "X-A"), ["1", "3"])
    equal(fields(came, "X-Last"), ["1", "2"])
    order = [name for name in names(came) if name in ("X-Probe", "X-Last")]
    equal(order[-2:], ["X-Last", "X-Last"])
    scene.judges.all_pass({"edited": came})


@test("all fields of a name are taken away, in one message and the next")
def remove_all():
    with scene.postfix.client("mx") as smtp:
        for rcpt in somebody(), somebody():
            smtp.send("ada@here.test", rcpt, wishing("early remove X-A",
                                                     "early remove X-A"))
            came = scene.sink.await_mail(rcpt)
            equal(fields(came, "X-A"), [])
            equal(fields(came, "X-B"), ["2"])
            scene.judges.all_pass({"edited": came})


@test("a field that is put on top in the place of one of its name stands above "
      "Received")
def replace_top():
    came = scene.send(b"X-Top: old\r\n" + wishing(
        "early remove X-Top", "early prepend X-Top new"))
    equal(fields(came, "X-Top"), ["new"])
    equal(names(came)[:3], ["DKIM-Signature", "X-Top", "Received"])


@test("the body is replaced, and what is signed is the new one")
def body():
    came = scene.send(wishing("early body one line|.dots|.|end|"))
    equal(came.partition(b"\r\n\r\n")[2], b"one line\r\n.dots\r\n.\r\nend\r\n")
    scene.judges.all_pass({"new body": came})


@test("recipients are added and taken away")
def recipients():
    first, second, added = somebody(), somebody(), somebody()
    with scene.postfix.client("mx") as smtp:
        equal(smtp.send("ada@here.test", [first, second],
                        wishing(f"rcpt {added}", f"unrcpt {first}"))[0], 250)
    scene.sink.await_mail(second)
    scene.sink.await_mail(added)
    scene.postfix.await_empty_queue()
    equal(scene.sink.got(first), [])


@test("mailseald stops cleanly")
def clean():
    scene.stop()


scene.start(scene.probe() + scene.signing("rsa"))
main()
