/*
 * id.c: message/message_id.h.
 */
#include "message/message_id.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

message_id
message_id_new(void)
{
	static _Atomic(uint32_t) counter;

	return (message_id){
		.slot = (u_int32_t)time(NULL),
		.pid = (u_int16_t)getpid(),
		.counter = (u_int16_t)atomic_fetch_add(&counter, 1),
	};
}

char *
message_id_text(const message_id *id, char *buf)
{
	(void)snprintf(buf, MESSAGE_ID_TEXT, "%08X-%04X-%04X",
	    (unsigned)id->slot, (unsigned)id->pid, (unsigned)id->counter);
	return buf;
}
