#!/usr/bin/perl
#
# maildkim_judge.pl: Mail::DKIM signs and verifies many messages.
#
# Usage: maildkim_judge.pl KEYS <JOBS.  KEYS holds a line for each key record,
# name and text with a tab between; JOBS a line for each message, fields with
# tabs between:
#   verify MESSAGE
#   sign MESSAGE OUT DOMAIN SELECTOR PEM ALGORITHM HEADER-CANON BODY-CANON
#        OPTION TIME
#   sign-dk MESSAGE OUT DOMAIN SELECTOR PEM CANON HEADERS
# (DomainKeys; HEADERS empty: no h=.)  Writes a line for each job: "pass", or why not.  A signature goes to OUT.
use strict;
use warnings;

use Mail::DKIM::DkSignature;
use Mail::DKIM::DNS;
use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;
use Net::DNS;

# Answers from KEYS, so that nothing is asked of the network.
package KeyFile;

sub new {
	my ($class, $path) = @_;
	my %records;
	open(my $file, '<', $path) or die "$path: $!\n";
	while (my $line = <$file>) {
		chomp $line;
		my ($name, $text) = split(/\t/, $line, 2);
		$records{$name} = $text;
	}
	return bless({ records => \%records }, $class);
}

sub send {
	my ($self, $name, $type) = @_;
	my $text = $self->{records}{ lc $name };
	my $packet = Net::DNS::Packet->new($name, $type);
	my @strings = defined $text ? $text =~ /(.{1,255})/gs : ();
	$packet->header->rcode(defined $text ? 'NOERROR' : 'NXDOMAIN');
	$packet->push(answer => Net::DNS::RR->new(
		name => $name, type => 'TXT', txtdata => \@strings))
	    if defined $text;
	return $packet;
}

sub errorstring { return 'NOERROR' }

package main;

sub contents {
	my ($path) = @_;
	open(my $file, '<:raw', $path) or die "$path: $!\n";
	local $/;
	return scalar <$file>;
}

sub verify {
	my ($path) = @_;
	my $dkim = Mail::DKIM::Verifier->new;
	$dkim->PRINT(contents($path));
	$dkim->CLOSE;
	my @signatures = $dkim->signatures;
	return 'no signature' unless @signatures;
	for my $signature (@signatures) {
		return $signature->result_detail
		    unless $signature->result eq 'pass';
	}
	return 'pass';
}

sub sign {
	my ($path, $out, $domain, $selector, $pem, $algorithm, $header, $body,
		$option, $time) = @_;
	my $dkim = Mail::DKIM::Signer->new(
		Algorithm => $algorithm,
		Method => "$header/$body",
		Domain => $domain,
		Selector => $selector,
		KeyFile => $pem,
		Timestamp => $time,
		Headers => 'Comments:Keywords:X-Empty:X-Tab:Received',
		$option eq 'identity' ? (Identity => "joe\@sub.$domain") : (),
		$option eq 'expire' ? (Expiration => $time + 86400) : (),
	);
	$dkim->PRINT(contents($path));
	$dkim->CLOSE;
	open(my $file, '>:raw', $out) or die "$out: $!\n";
	print $file $dkim->signature->as_string, "\r\n";
	close($file) or die "$out: $!\n";
	return 'pass';
}

sub sign_dk {
	my ($path, $out, $domain, $selector, $pem, $canon, $headers) = @_;
	my $dkim = Mail::DKIM::Signer->new(
		KeyFile => $pem,
		Policy => sub {
			my ($signer) = @_;
			$signer->add_signature(Mail::DKIM::DkSignature->new(
				Algorithm => 'rsa-sha1',
				Method => $canon,
				Domain => $domain,
				Selector => $selector,
				$headers ? (Headers => $headers) : (),
			));
			return;
		},
	);
	$dkim->PRINT(contents($path));
	$dkim->CLOSE;
	my ($signature) = $dkim->signatures;
	open(my $file, '>:raw', $out) or die "$out: $!\n";
	print $file $signature->as_string, "\r\n";
	close($file) or die "$out: $!\n";
	return 'pass';
}

my %verbs = (verify => \&verify, sign => \&sign, 'sign-dk' => \&sign_dk);

Mail::DKIM::DNS::resolver(KeyFile->new(shift @ARGV));
$| = 1;
while (my $line = <STDIN>) {
	chomp $line;
	my ($verb, @fields) = split(/\t/, $line);
	my $said = eval { $verbs{$verb}->(@fields) };
	$said = "died: $@" unless defined $said;
	$said =~ s/\s+/ /g;
	print "$said\n";
}
