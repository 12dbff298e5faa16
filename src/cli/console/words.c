/*
 * words.c: quotes come back.
 */
#include "cli/console/words.h"

#include "base/buffer.h"

static void
add_text(struct buffer *line, const char *text, bool escape)
{
	for (; *text != '\0'; text++) {
		if (escape && (*text == '"' || *text == '\\'))
			buffer_add_byte(line, '\\');
		buffer_add_byte(line, *text == '\n' ? ' ' :
		    (unsigned char)*text);
	}
}

static void
add_word(struct buffer *line, const char *word)
{
	bool quote = word[0] != '(' && word[0] != '[' &&
	    (word[0] == '\0' || strpbrk(word, " \t\"") != NULL);

	if (quote)
		buffer_add_byte(line, '"');
	add_text(line, word, quote);
	if (quote)
		buffer_add_byte(line, '"');
}

char *
console_words_join(int n, char *const *words)
{
	struct buffer line = { 0 };

	if (n == 1)
		add_text(&line, words[0], false);
	for (int i = 0; n > 1 && i < n; i++) {
		if (i > 0)
			buffer_add_byte(&line, ' ');
		add_word(&line, words[i]);
	}
	return buffer_take_text(&line);
}
