"""The HTTP side: token, app messages, contacts, webhooks, response_url, customer groups, downloads. Always 200."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tests.botapi.wire import Reply, Request
from tests.wecom import cards, refusals
from tests.wecom.callbacks import RESPONSE_URL_SECONDS
from tests.wecom.refusals import OK, Refusal, RefusedError

if TYPE_CHECKING:
    from tests.wecom.server import WeCom

_APP_TEXT_LIMIT = 2048  # bytes
_WEBHOOK_LIMITS = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}
_CARDS = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})

Query = Mapping[str, str]


class Api:
    """What is asked by HTTP. `calls` holds every request as (path, query, body)."""

    def __init__(self, wecom: "WeCom") -> None:
        self._wecom = wecom
        self.calls: list[tuple[str, Query, Any]] = []
        self.tokens_given = 0
        self.dropped_silently: list[str] = []  # userids over 30 a minute, as the platform drops them
        self.ip_is_allowed = True
        self.tasks: dict[str, dict[str, Any]] = {}  # of assisted sends, by msgid
        self._token = ""
        self._token_until = 0.0
        self._seen: dict[str, float] = {}  # content of app messages, for the duplicate check

    def expire_token(self) -> None:
        """Let the token that is in use be too old from now on."""
        self._token_until = 0.0

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        query = {key: values[-1] for key, values in parse_qs(request.query).items()}
        if request.path.startswith("/media/"):
            data = self._wecom.stage.media.get(request.path.rpartition("/")[2])
            return Reply(404) if data is None else Reply(200, data, "application/octet-stream")
        body = self._body(request)
        self.calls.append((request.path, query, body))
        self._wecom.stage.note()
        try:
            answer = self._routes(request.path)(query, body)
        except RefusedError as error:
            answer = {"errcode": error.refusal.code, "errmsg": error.refusal.text}
        return as_reply(answer)

    def _body(self, request: Request) -> Any:
        kind = request.headers.get("content-type", "")
        if kind.startswith("multipart/"):
            message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body)
            parts = {
                p.get_param("name", header="content-disposition"): p
                for p in message.walk()
                if not p.is_multipart()
            }
            assert "media" in parts, "an upload needs the field media"
            return parts["media"].get_payload(decode=True)
        return json.loads(request.body) if request.body else {}

    def _routes(self, path: str) -> Callable[[Query, Any], Mapping[str, Any]]:
        routes: Mapping[str, Callable[[Query, Any], Mapping[str, Any]]] = {
            "/cgi-bin/gettoken": self._gettoken,
            "/cgi-bin/message/send": self._app_send,
            "/cgi-bin/user/get": self._user,
            "/cgi-bin/media/upload": self._app_upload,
            "/cgi-bin/webhook/send": self._webhook,
            "/cgi-bin/webhook/upload_media": self._webhook_upload,
            "/cgi-bin/aibot/response": self._response_url,
            "/cgi-bin/externalcontact/add_msg_template": self._assist,
            "/cgi-bin/externalcontact/get_groupmsg_send_result": self._assisted,
            "/cgi-bin/agent/get": self._agent,
        }
        assert path in routes, f"the fake does not know {path}"
        return routes[path]

    def _gettoken(self, query: Query, body: Any) -> Mapping[str, Any]:
        if query.get("corpid") != self._wecom.corp_id or query.get("corpsecret") != self._wecom.app_secret:
            raise RefusedError(refusals.BAD_SECRET)
        self.tokens_given += 1
        if time.monotonic() > self._token_until:
            self._token, self._token_until = secrets.token_urlsafe(12), time.monotonic() + 7200
        return _ok(access_token=self._token, expires_in=7200)

    def _authorised(self, query: Query) -> None:
        token = query.get("access_token")
        if not token:
            raise RefusedError(refusals.NO_TOKEN)
        if token != self._token:
            raise RefusedError(refusals.BAD_TOKEN)
        if time.monotonic() > self._token_until:
            raise RefusedError(refusals.TOKEN_EXPIRED)
        if not self.ip_is_allowed:
            raise RefusedError(refusals.BAD_IP)

    def _app_send(self, query: Query, body: Any) -> Mapping[str, Any]:
        self._authorised(query)
        kind = body.get("msgtype", "")
        if kind not in ("text", "markdown", "image", "template_card"):
            raise RefusedError(refusals.BAD_MSGTYPE)
        if body.get("agentid") != self._wecom.agent_id:
            raise RefusedError(Refusal(40056, "invalid agentid"))
        content = str(body.get(kind, {}).get("content", "")) if kind in ("text", "markdown") else "x"
        if not content:
            raise RefusedError(refusals.EMPTY)
        if len(content.encode()) > _APP_TEXT_LIMIT:
            raise RefusedError(refusals.TOO_LONG)
        if kind == "template_card":
            if body["template_card"].get("card_type") in _CARDS and not self._wecom.app_callback_url:
                raise RefusedError(refusals.NO_CALLBACK_URL)
            cards.check(body["template_card"], used=self._wecom.stage.task_ids)
        people = {userid.lower(): userid for userid in self._wecom.stage.people}
        asked = [name for name in str(body.get("touser", "")).split("|") if name]
        reached = [people[name.lower()] for name in asked if name.lower() in people]
        invalid = [name.lower() for name in asked if name.lower() not in people]
        if not reached:
            raise RefusedError(refusals.NOBODY_REACHED)
        for userid in reached:
            self._deliver(userid, body)
        return _ok(invaliduser="|".join(invalid), msgid=self._wecom.ledger.new_id("app"))

    def _deliver(self, userid: str, body: Mapping[str, Any]) -> None:
        if not self._wecom.gate.admits("member", userid, self._wecom.gate.limits.member_minute):
            self.dropped_silently.append(userid)
            return
        if body.get("enable_duplicate_check"):
            what = json.dumps([userid, body["msgtype"], body[body["msgtype"]]], sort_keys=True)
            now, seen = time.monotonic(), self._seen.get(what)
            self._seen[what] = now
            if seen is not None and now - seen < body.get("duplicate_check_interval", 1800):
                return
        self._wecom.keep(userid, "app", body)

    def _user(self, query: Query, body: Any) -> Mapping[str, Any]:
        self._authorised(query)
        person = self._wecom.stage.people.get(query.get("userid", ""))
        if person is None:
            raise RefusedError(refusals.NO_SUCH_USER)
        return _ok(userid=person.userid, name=person.name)

    def _agent(self, query: Query, body: Any) -> Mapping[str, Any]:
        self._authorised(query)
        return _ok(agentid=self._wecom.agent_id, name="回响")

    def _app_upload(self, query: Query, body: Any) -> Mapping[str, Any]:
        self._authorised(query)
        return _ok(
            type=query.get("type", ""), media_id=self._wecom.store(body), created_at=str(int(time.time()))
        )

    def _webhook(self, query: Query, body: Any) -> Mapping[str, Any]:
        key = query.get("key", "")
        chat = self._wecom.webhooks.get(key)
        if chat is None:
            raise RefusedError(refusals.BAD_KEY)
        kind = body.get("msgtype", "")
        if kind not in ("text", "markdown", "markdown_v2", "image", "news", "file", "voice", "template_card"):
            raise RefusedError(refusals.BAD_MSGTYPE)
        if kind in _WEBHOOK_LIMITS:
            content = str(body.get(kind, {}).get("content", ""))
            if not content:
                raise RefusedError(refusals.EMPTY)
            if len(content.encode()) > _WEBHOOK_LIMITS[kind]:
                raise RefusedError(refusals.TOO_LONG)
        if kind == "image":
            data = base64.b64decode(body["image"]["base64"])
            if len(data) > 2 * 1024 * 1024 or hashlib.md5(data).hexdigest() != body["image"]["md5"]:
                raise RefusedError(refusals.BAD_LENGTH)
        if kind == "template_card" and body["template_card"].get("card_type") in _CARDS:
            raise RefusedError(refusals.BAD_MSGTYPE)
        if not self._wecom.gate.admits("webhook", key, self._wecom.gate.limits.webhook):
            raise RefusedError(refusals.TOO_OFTEN)
        self._wecom.keep(chat, "webhook", body)
        return _ok()

    def _webhook_upload(self, query: Query, body: Any) -> Mapping[str, Any]:
        if query.get("key", "") not in self._wecom.webhooks:
            raise RefusedError(refusals.BAD_KEY)
        return _ok(
            type=query.get("type", ""), media_id=self._wecom.store(body), created_at=str(int(time.time()))
        )

    def _response_url(self, query: Query, body: Any) -> Mapping[str, Any]:
        told = self._wecom.ledger.by_code.get(query.get("response_code", ""))
        if told is None or told.is_url_used or told.age_seconds > RESPONSE_URL_SECONDS:
            raise RefusedError(refusals.USED_UP)
        if body.get("msgtype") not in ("markdown", "template_card"):
            raise RefusedError(refusals.BAD_MSGTYPE)
        if body["msgtype"] == "template_card" and told.is_group:
            raise RefusedError(refusals.BAD_MSGTYPE)
        self._wecom.check_content(body)
        told.is_url_used = True
        self._wecom.count(told.chat)
        self._wecom.keep(told.chat, "response_url", body)
        return _ok()

    def _assist(self, query: Query, body: Any) -> Mapping[str, Any]:
        self._authorised(query)
        chats = body.get("chat_id_list", [])
        if body.get("chat_type") != "group" or not body.get("sender") or not chats or len(chats) > 2000:
            raise RefusedError(refusals.BAD_LENGTH)
        if not str(body.get("text", {}).get("content", "")) and not body.get("attachments"):
            raise RefusedError(refusals.EMPTY)
        failed = [
            chat for chat in chats if not getattr(self._wecom.stage.groups.get(chat), "is_external", False)
        ]
        msgid = self._wecom.ledger.new_id("task")
        self.tasks[msgid] = {"sender": body["sender"], "chats": chats, "body": body, "status": 0}
        return _ok(fail_list=failed, msgid=msgid)

    def _assisted(self, query: Query, body: Any) -> Mapping[str, Any]:
        self._authorised(query)
        task = self.tasks.get(body.get("msgid", ""))
        if task is None or task["sender"] != body.get("userid"):
            raise RefusedError(refusals.BAD_LENGTH)
        sent = [
            {"chat_id": chat, "userid": task["sender"], "status": task["status"]} for chat in task["chats"]
        ]
        return _ok(next_cursor="", send_list=sent)


def _ok(**values: Any) -> dict[str, Any]:
    return {"errcode": OK.code, "errmsg": OK.text, **values}


def as_reply(answer: Mapping[str, Any]) -> Reply:
    """Return an answer as the platform sends it: HTTP 200 whatever it says."""
    return Reply(200, json.dumps(answer, ensure_ascii=False).encode())
