/* SPDX-License-Identifier: MIT */
#include "daemon/config_scene_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "daemon/daemon_keys.h"

TEST(daemon_keys, reads_keys_from_the_key_file)
{
	scene_enter();
	scene_write("keys", "# id type key\n1 MD5 ASCII:secret\n20 sha256 HEX:00ff10\n 300 plain\n"
	                    "4294967295 AES128 0123456789abcdef\n");
	CHECK(chmod("keys", 0640) == 0);
	scene_write("main.conf", "keyfile keys\nserver a key 20\n");
	CHECK_EQ(scene_load("main.conf"), 0);
	CHECK_EQ(scene.errors.count, 0);
	CHECK_EQ(scene.config->keys->count, 4);
	CHECK_EQ(scene.config->keys->keys[0].key.length_bytes, 6);
	CHECK(memcmp(scene.config->keys->keys[0].key.bytes, "secret", 6) == 0);
	CHECK_EQ(scene.config->keys->keys[1].id, 20);
	CHECK_EQ(scene.config->keys->keys[1].key.type, MAC_SHA256);
	CHECK_EQ(scene.config->keys->keys[1].key.length_bytes, 3);
	CHECK(memcmp(scene.config->keys->keys[1].key.bytes, "\x00\xff\x10", 3) == 0);
	CHECK_EQ(scene.config->keys->keys[2].key.type, MAC_MD5);
	CHECK_EQ(scene.config->keys->keys[3].id, UINT32_MAX);
	CHECK_EQ(scene.config->node.sources[0].key_id, 20);
	scene_leave();
}

TEST(daemon_keys, warns_of_a_key_file_that_others_can_read)
{
	scene_enter();
	scene_write("keys", "1 secret\n");
	CHECK(chmod("keys", 0644) == 0);
	scene_write("main.conf", "keyfile keys\n");
	CHECK_EQ(scene_load("main.conf"), 0);
	CHECK_TEXT(scene.errors.items[0].text,
	           "keys: warning: others may read the key file; run: chmod o= keys");
	scene_leave();
}

TEST(daemon_keys, warns_of_keys_that_are_not_there)
{
	scene_enter();
	scene_write("main.conf", "keyfile none\nserver a key 5\n");
	CHECK_EQ(scene_load("main.conf"), 0);
	CHECK(scene_has_message(
		"none: warning: the key file cannot be read, so no key is known: No such file"));
	CHECK(scene_has_message("warning: key 5 of 'a' is in no key file"));
	CHECK_EQ(scene_load_word("server a key 5"), 0);
	CHECK(scene_has_message("warning: key 5 of 'a' is in no key file"));
	scene_leave();
}

TEST(daemon_keys, never_shows_a_key)
{
	scene_enter();
	scene_write("keys", "1 SECRET1 SECRET2\nSECRET3\n2\n3 MD5 HEX:SECRET4\n4 AES128 SECRET5\n"
	                    "5 MD5 SECRET6 SECRET7\n6 MD5 fine\n6 MD5 SECRET8\n");
	CHECK(chmod("keys", 0600) == 0);
	scene_write("main.conf", "keyfile keys\n");
	CHECK_EQ(scene_load("main.conf"), 0);
	CHECK_EQ(scene.config->keys->count, 1);
	CHECK_EQ(scene.errors.warnings_count, 7);
	CHECK(!scene_has_message("SECRET"));
	CHECK(scene_has_message("keys:1:3: warning: this type of key is not known"));
	CHECK(scene_has_message("keys:3:2: warning: the key is missing"));
	scene_leave();
}

TEST(daemon_keys, reads_the_key_file_again)
{
	scene_enter();
	scene_write("keys", "1 SHA1 old\n");
	CHECK(chmod("keys", 0600) == 0);
	scene_write("main.conf", "keyfile keys\n");
	CHECK_EQ(scene_load("main.conf"), 0);
	scene_write("keys", "2 SHA1 new\n1 HEX:0A0b\n");
	CHECK_EQ(daemon_keys_read(scene.config, &scene.errors), 0);
	CHECK_EQ(scene.config->keys->count, 2);
	CHECK(memcmp(ntp_keys_find(scene.config->keys, 1)->bytes, "\x0a\x0b", 2) == 0);
	CHECK(unlink("keys") == 0);
	CHECK_EQ(daemon_keys_read(scene.config, &scene.errors),
	         0); /* not there: the old ones stay */
	CHECK_EQ(scene.config->keys->count, 2);
	scene_leave();
}
