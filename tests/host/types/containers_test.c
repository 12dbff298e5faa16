/*
 * containers_test.c: dictionaries, hash tables, pointer arrays, bags and
 * counted objects keep what they were given (ecdict.h, echash.h,
 * misc/ec_ptr_array.h, ec_boh.h, ec_blobject.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ec_boh.h"
#include "ec_blobject.h"
#include "ecdict.h"
#include "echash.h"
#include "misc/ec_ptr_array.h"
#include "misc/ec_string.h"
#include "smtp.h"

static void
a_dictionary_keeps_the_latest_value_of_each_key(void **state)
{
	ECDict dict = dict_blank();
	const char *value = NULL;
	char key[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(key, sizeof(key), "key%d", i % 500);
		dict_add_key_value(dict, key, i < 500 ? "old" : key);
	}
	assert_int_equal(dict_size(dict), 500);
	assert_int_equal(dict_key_exists_and_fetch(dict, "key77", &value), 1);
	assert_string_equal(value, "key77");
	assert_int_equal(dict_key_exists(dict, "Key77"), 0);
	/* a value of the dictionary itself may be given back to it */
	dict_add_key_value(dict, "key77", value);
	(void)dict_key_exists_and_fetch(dict, "key77", &value);
	assert_string_equal(value, "key77");
	assert_int_equal(dict_key_delete(dict, "key77"), 1);
	assert_int_equal(dict_key_delete(dict, "key77"), 0);
	dict_add_key_value(dict, "nothing", NULL);
	(void)dict_key_exists_and_fetch(dict, "nothing", &value);
	assert_string_equal(value, "");
	dict_drop(dict);
}

static void
a_walk_meets_every_key_once(void **state)
{
	ECDict dict = dict_blank();
	ECDict_Iterator iter;
	const char *key, *value;
	int met = 0, sum = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%d", i);
		dict_add_key_value(dict, text, text);
	}
	dict_iter2(dict, &iter);
	while (dict_next(dict, &iter, &key, &value) != 0) {
		assert_string_equal(key, value);
		sum += atoi(key);
		met++;
	}
	dict_iter2_free(dict, &iter);
	assert_int_equal(met, 100);
	assert_int_equal(sum, 4950);
	dict_drop(dict);
}

static void
a_table_takes_keys_of_any_bytes(void **state)
{
	ec_hash_table *table = echash_create(NULL, NULL);
	int one = 1, two = 2;
	void *data;

	(void)state;
	assert_int_equal(echash_store(table, "a\0b", 3, &one), 1);
	assert_int_equal(echash_store(table, "a\0c", 3, &two), 1);
	assert_int_equal(echash_store(table, "a\0c", 3, &one), 0);
	assert_int_equal(echash_retrieve(table, "a\0c", 3, &data), 1);
	assert_ptr_equal(data, &two);
	assert_int_equal(echash_retrieve(table, "a", 1, &data), 0);
	assert_int_equal(echash_replace(table, "a\0c", 3, &one, NULL, NULL), 1);
	(void)echash_retrieve(table, "a\0c", 3, &data);
	assert_ptr_equal(data, &one);
	assert_int_equal(echash_delete_item(table, "a\0b", 3), 1);
	assert_int_equal(table->size, 1);
	echash_delref(table);
}

static int freed;

static void
count_free(void *element)
{
	free(element);
	freed++;
}

static void
an_array_grows_past_its_own_memory(void **state)
{
	ec_ptr_array array;

	(void)state;
	freed = 0;
	assert_int_equal(ec_ptr_array_init(&array, 0, count_free), 1);
	for (int i = 0; i < 40; i++)
		assert_int_equal(ec_ptr_array_append(&array,
		    strdup("element")), i);
	assert_int_equal(array.size, 40);
	ec_ptr_array_destroy(&array);
	assert_int_equal(freed, 40);
}

static void
an_array_inserts_and_removes_in_place(void **state)
{
	char names[] = "abcdef";
	ec_ptr_array array;

	(void)state;
	(void)ec_ptr_array_init(&array, 0, NULL);
	(void)ec_ptr_array_append(&array, &names[1]);
	assert_int_equal(ec_ptr_array_unshift(&array, &names[0]), 2);
	assert_int_equal(ec_ptr_array_insert(&array, 1, &names[2]), 1);
	assert_ptr_equal(array.items[0], &names[0]);
	assert_ptr_equal(array.items[1], &names[2]);
	assert_ptr_equal(array.items[2], &names[1]);
	assert_int_equal(ec_ptr_array_insert(&array, 5, &names[3]), 1);
	assert_null(ec_ptr_array_get(&array, 4));
	assert_int_equal(array.size, 6);
	ec_ptr_array_remove(&array, 1);
	assert_ptr_equal(array.items[1], &names[1]);
	assert_null(ec_ptr_array_get(&array, -1));
	assert_null(ec_ptr_array_get(&array, 99));
	assert_int_equal(ec_ptr_array_insert(&array, -1, NULL), 0);
	ec_ptr_array_destroy(&array);
}

static void
a_bag_finds_things_by_their_type(void **state)
{
	ec_bag *bag = ec_bag_create();
	int message = 0, context = 0;

	(void)state;
	assert_int_equal(ec_bag_put(bag, "ec_message", &message), 1);
	assert_int_equal(ec_bag_put(bag, "validate_context", &context), 1);
	assert_ptr_equal(ec_bag_get(bag, "ec_message"), &message);
	assert_ptr_equal(ec_bag_find(bag, "validate_context"), &context);
	assert_null(ec_bag_find(bag, "accept_construct"));
	assert_ptr_equal(ec_bag_remove(bag, "ec_message"), &message);
	assert_null(ec_bag_get(bag, "ec_message"));
	ec_bag_delref(ec_bag_addref(bag));
	assert_ptr_equal(ec_bag_get(bag, "validate_context"), &context);
	ec_bag_empty(bag);
	assert_null(ec_bag_get(bag, "validate_context"));
	ec_bag_delref(bag);
}

static void
mark_ended(void *self)
{
	*(int *)self = 1;
}

static void
an_object_ends_with_its_last_reference(void **state)
{
	static ec_blobject_class class = { "test:object", mark_ended, NULL };
	int ended = 0;
	ec_blobject *object = ec_blobject_wrap(&class, &ended);

	(void)state;
	ec_blobject_addref(object);
	ec_blobject_delref(object);
	assert_int_equal(ended, 0);
	ec_blobject_delref_typeunsafe(object);
	assert_int_equal(ended, 1);
}

static void
client_arguments_refuse_what_would_break_the_line(void **state)
{
	smtp_client_args args = { NULL, 0 };
	const char *value = NULL;

	(void)state;
	assert_int_equal(smtp_client_args_add(&args, "SIZE", "1000"), 0);
	assert_int_equal(args.len, (int)strlen(" SIZE=1000"));
	assert_int_equal(smtp_client_args_add(&args, "SMTPUTF8", NULL), 0);
	assert_int_equal(args.len, (int)strlen(" SIZE=1000 SMTPUTF8"));
	assert_true(smtp_client_args_exists_and_fetch(&args, "SIZE", &value));
	assert_string_equal(value, "1000");
	assert_int_equal(smtp_client_args_add(&args, "X", "a\r\nRCPT"), -1);
	assert_int_equal(smtp_client_args_add(&args, "", "a"), -1);
	smtp_client_args_delete(&args, "SIZE");
	assert_int_equal(args.len, (int)strlen(" SMTPUTF8"));
	assert_false(smtp_client_args_exists_and_fetch(&args, "SIZE", &value));
	dict_drop(args.dict);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dictionary_keeps_the_latest_value_of_each_key),
		cmocka_unit_test(a_walk_meets_every_key_once),
		cmocka_unit_test(a_table_takes_keys_of_any_bytes),
		cmocka_unit_test(an_array_grows_past_its_own_memory),
		cmocka_unit_test(an_array_inserts_and_removes_in_place),
		cmocka_unit_test(a_bag_finds_things_by_their_type),
		cmocka_unit_test(an_object_ends_with_its_last_reference),
		cmocka_unit_test(client_arguments_refuse_what_would_break_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
