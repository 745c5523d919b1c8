"""What a Python function would do: the standard library's xmlrpc.client, one JSON event a line in, its result out."""
import json
import sys
import xmlrpc.client

url, account = sys.argv[1], json.loads(sys.argv[2])
server = xmlrpc.client.ServerProxy(url)


def call(name, **args):
    return getattr(server, name)(account, args)


def get_presence(event):
    return call("user_sessions_info", user=event["user"], host=event["server"])


def get_roster(event):
    return call("get_roster", user=event["user"], host=event["server"])


def link_contacts(event):
    users = [event[name].split("@") for name in ("jid1", "jid2")]
    for user, host in users:
        call("check_account", user=user, host=host)
        call("get_roster", user=user, host=host)
    sides = [(users[0], users[1]), (users[1], users[0])]
    for one, other in sides:
        stanza = "<presence type='unsubscribe'/>"
        call("send_stanza", **{"from": "@".join(one), "to": "@".join(other), "stanza": stanza})
    for (localuser, localhost), (user, host) in sides:
        more = {"nick": "x", "groups": [], "subs": "both"}
        call("add_rosteritem", localuser=localuser, localhost=localhost, user=user, host=host, **more)
    for user, host in users:
        call("get_roster", user=user, host=host)
    return {"code": 0}


handlers = {"get_presence": get_presence, "get_roster": get_roster, "link_contacts": link_contacts}
for line in sys.stdin:
    request = json.loads(line)
    json.dumps(handlers[request["method"]](request["event"]))
    print("{}", flush=True)
