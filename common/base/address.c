#include "address.h"

#include <arpa/inet.h>

static enum status parse_name(struct address *ret, const char *text, struct err *err)
{
	size_t len = strlen(text);

	if (len == 0 || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return err_set(err, ST_EMALFORMED,
			       "'%s' is no endpoint: a name of a-z, 0-9 and '-', "
			       "ipc:///path or tcp://127.0.0.1:port",
			       text);
	if (len > ADDRESS_NAME_MAX)
		return err_set(err, ST_ERANGE, "'%s' is longer than %d bytes", text,
			       ADDRESS_NAME_MAX);
	*ret = (struct address){.kind = ADDRESS_NAME, .path = text};
	return ST_OK;
}

static enum status parse_ipc(struct address *ret, const char *path, struct err *err)
{
	size_t len = strlen(path);

	if (*path != '/' || path[len - 1] == '/')
		return err_set(err, ST_EMALFORMED,
			       "ipc://%s: expected ipc:///path/to/a.sock", path);
	if (len > ADDRESS_IPC_PATH_MAX)
		return err_set(err, ST_ERANGE, "%s: %zu bytes; a socket's path holds %d",
			       path, len, ADDRESS_IPC_PATH_MAX);
	*ret = (struct address){.kind = ADDRESS_IPC, .path = path};
	return ST_OK;
}

static bool parse_port(const char *text, uint16_t *ret)
{
	size_t len = strlen(text);
	uint32_t port = 0;

	if (len == 0 || len > 5 || *text == '0' || strspn(text, "0123456789") != len)
		return false;
	for (; *text; text++)
		port = port * 10 + (uint32_t)(*text - '0');
	*ret = (uint16_t)port;
	return port <= UINT16_MAX;
}

static enum status parse_tcp(struct address *ret, const char *text, struct err *err)
{
	struct address e = {.kind = ADDRESS_TCP};
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	struct in_addr host;

	if (!colon || !parse_port(colon + 1, &e.port))
		return err_set(
			err, ST_EMALFORMED,
			"tcp://%s: expected tcp://address:port with a port of 1..65535",
			text);
	if (len < sizeof(e.host))
		memcpy(e.host, text, len);
	if (len >= sizeof(e.host) || inet_pton(AF_INET, e.host, &host) != 1)
		return err_set(
			err, ST_EMALFORMED,
			"tcp://%s: expected an IPv4 address such as 127.0.0.1, not a "
			"name and no wildcard",
			text);
	if (ntohl(host.s_addr) >> 24 != 127)
		return err_set(
			err, ST_ERANGE,
			"tcp://%s: only loopback (127.0.0.1) is taken: beyond this "
			"machine tcp needs CURVE keys, which are not supported yet",
			text);
	*ret = e;
	return ST_OK;
}

enum status address_parse(struct address *ret, const char *text, struct err *err)
{
	if (strncmp(text, "ipc://", 6) == 0)
		return parse_ipc(ret, text + 6, err);
	if (strncmp(text, "tcp://", 6) == 0)
		return parse_tcp(ret, text + 6, err);
	if (strstr(text, "://"))
		return err_set(err, ST_EUNKNOWN, "%s: expected ipc:// or tcp://", text);
	return parse_name(ret, text, err);
}

enum status address_check(const char *text, struct err *err)
{
	struct address ignored;

	return address_parse(&ignored, text, err);
}
