/* address.h - where an intake listens, as an operator writes it.
 *
 *	submit                     a name: ipc, in the run directory
 *	ipc:///srv/shop/in.sock    ipc at an absolute path
 *	tcp://127.0.0.1:5570       tcp, on a loopback address
 *
 * tcp anywhere else needs CURVE, or whoever reaches the port submits reviews; there is no
 * CURVE yet, so it is refused. Names of hosts, wildcards and port 0 are refused too: who
 * connects could not know what they became.
 *
 * Source: unix(7), sun_path holds 108 bytes with its NUL.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "status.h"

#define ADDRESS_NAME_MAX     24	 /* bytes of a name */
#define ADDRESS_IPC_PATH_MAX 107 /* bytes of a socket's path, without the NUL */
#define ADDRESS_BYTES	     128 /* room for any endpoint as ZeroMQ wants it */

enum address_kind { ADDRESS_NAME, ADDRESS_IPC, ADDRESS_TCP };

struct address {
	enum address_kind kind;
	const char *path; /* NAME: the name; IPC: the path; borrowed. TCP: NULL */
	char host[16];	  /* TCP: dotted IPv4 */
	uint16_t port;	  /* TCP */
};

/* `text` is borrowed by *ret. Errors: ST_EMALFORMED, ST_ERANGE, ST_EUNKNOWN. */
enum status address_parse(struct address *ret, const char *text,
			  struct err *err) MUST_CHECK;

/* The same question without the answer, as a check of a conf_row. */
enum status address_check(const char *text, struct err *err) MUST_CHECK;

#endif
