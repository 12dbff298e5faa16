/*
 * relay.c: SMTP, by libcurl.
 */
#include "relay.h"

#include <ctype.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_BYTES 256

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
prepare(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool
is_host(const char *text, size_t n)
{
	const char *more = ".-";

	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		more = ".:";
		text++;
		n -= 2;
	}
	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)text[i]) &&
		    strchr(more, text[i]) == NULL)
			return false;
	}
	return n > 0 && n < HOST_BYTES;
}

bool
relay_is_place(const char *text)
{
	const char *colon = strrchr(text, ':');
	char *end;
	unsigned long port;

	if (colon == NULL || !is_host(text, (size_t)(colon - text)) ||
	    !isdigit((unsigned char)colon[1]))
		return false;
	port = strtoul(colon + 1, &end, 10);
	return *end == '\0' && port >= 1 && port <= 65535;
}

struct reading {
	const struct letter *letter;
	size_t at;
};

static size_t
give(char *to, size_t size, size_t count, void *closure)
{
	struct reading *reading = closure;
	size_t room = size * count;
	size_t n = reading->letter->length - reading->at;

	if (n > room)
		n = room;
	memcpy(to, reading->letter->text + reading->at, n);
	reading->at += n;
	return n;
}

#define SET(option, value) \
	((void)curl_easy_setopt(curl, CURLOPT_##option, (value)))

static CURLcode
talk(CURL *curl, const struct letter *letter, struct curl_slist *rcpts)
{
	struct reading reading = { .letter = letter };
	/* the path is the name for EHLO */
	char url[2 * HOST_BYTES + 32];

	(void)snprintf(url, sizeof(url), "smtp://%.*s/%.*s", HOST_BYTES + 8,
	    letter->relay, HOST_BYTES - 1, letter->host);
	SET(URL, url);
	SET(PROTOCOLS_STR, "smtp");
	SET(PROXY, ""); /* whatever the environment says */
	SET(NOSIGNAL, 1L);
	SET(TIMEOUT_MS, (long)letter_time_left(letter) + 1);
	SET(USE_SSL, (long)CURLUSESSL_TRY);
	SET(SSL_VERIFYPEER, 0L);
	SET(SSL_VERIFYHOST, 0L);
	/* no CURLOPT_MAIL_FROM: the null sender */
	SET(MAIL_RCPT, rcpts);
	SET(MAIL_RCPT_ALLLOWFAILS, 1L);
	SET(UPLOAD, 1L);
	SET(READFUNCTION, give);
	SET(READDATA, &reading);
	SET(INFILESIZE_LARGE, (curl_off_t)letter->length);
	return curl_easy_perform(curl);
}

/* Words of the library, and perhaps of the relay. */
static void
explain(const struct letter *letter, CURLcode code, const char *words,
    char why[POST_WHY_BYTES])
{
	(void)snprintf(why, POST_WHY_BYTES, "relay %.100s: %.160s",
	    letter->relay, words[0] != '\0' ? words :
	    curl_easy_strerror(code));
	for (char *c = why; *c != '\0'; c++) {
		if (!isprint((unsigned char)*c))
			*c = ' ';
	}
}

static bool
add_rcpts(const struct letter *letter, struct curl_slist **rcpts)
{
	for (size_t i = 0; letter->rcpts[i] != NULL; i++) {
		struct curl_slist *more = curl_slist_append(*rcpts,
		    letter->rcpts[i]);

		if (more == NULL)
			return false;
		*rcpts = more;
	}
	return true;
}

bool
relay_send(const struct letter *letter, char why[POST_WHY_BYTES])
{
	char words[CURL_ERROR_SIZE] = "";
	CURLcode code = CURLE_OUT_OF_MEMORY;
	struct curl_slist *rcpts = NULL;
	CURL *curl;

	(void)pthread_once(&once, prepare);
	curl = curl_easy_init();
	if (curl != NULL && add_rcpts(letter, &rcpts)) {
		SET(ERRORBUFFER, words);
		code = talk(curl, letter, rcpts);
	}
	if (code != CURLE_OK)
		explain(letter, code, words, why);
	if (curl != NULL)
		curl_easy_cleanup(curl);
	curl_slist_free_all(rcpts);
	return code == CURLE_OK;
}
