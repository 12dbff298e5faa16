/*
 * proof.c: letting the implementations check each other.
 */
#include "fatal.h"
#include "proof.h"

/* What the implementation says of a letter: 0 good, 1 bad, -1 no verdict. */
static int
judge(enum impl impl, const struct job *job, const struct letter *sealed)
{
	struct job verifying = *job;
	struct contestant judge;
	int verdict;

	verifying.work = WORK_VERIFY;
	verifying.sealed = sealed;
	judge = contestant_new(impl, &verifying);
	verdict = judge.run(judge.state);
	contestant_free(&judge);
	return verdict;
}

struct letter *
proof_seal(const struct job *job)
{
	struct job signing = *job;
	struct contestant signer;
	struct letter *sealed;

	signing.work = WORK_SIGN;
	signer = by_libseal(&signing);
	if (signer.run(signer.state) != 0)
		fatal("libseal cannot sign");
	sealed = letter_with_field(job->letter, signer.signature(signer.state));
	contestant_free(&signer);
	return sealed;
}

static void
check_signature(const struct contestant *signer, const struct job *job)
{
	static const enum impl judges[] = { IMPL_LIBSEAL, IMPL_LIBOPENDKIM };
	struct letter *sealed =
	    letter_with_field(job->letter, signer->signature(signer->state));

	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		if (contestant_can(judges[i], WORK_VERIFY, job->algorithm) &&
		    judge(judges[i], job, sealed) != 0)
			fatal("a signature made by %s (%s) is not good to %s",
			    impl_name(signer->impl),
			    algorithm_name(job->algorithm),
			    impl_name(judges[i]));
	}
	letter_free(&sealed);
}

static void
check_damage(const struct contestant *verifier, const struct job *job)
{
	struct letter *damaged = letter_copy(job->sealed);

	letter_damage(damaged);
	if (judge(verifier->impl, job, damaged) != 1)
		fatal("%s does not notice a changed body",
		    impl_name(verifier->impl));
	letter_free(&damaged);
}

void
proof_check(const struct contestant *contestant, const struct job *job)
{
	if (contestant->run(contestant->state) != 0)
		fatal("%s cannot %s a letter with %s",
		    impl_name(contestant->impl), work_name(job->work),
		    algorithm_name(job->algorithm));
	if (contestant->impl == IMPL_OPENSSL)
		return;
	if (job->work == WORK_SIGN)
		check_signature(contestant, job);
	else
		check_damage(contestant, job);
}
