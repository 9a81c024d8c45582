"""Log-in as Supabase Auth does it, as far as a device sees it: passwords, tokens signed with HS256, refresh tokens that
rotate, and the project's own access-token hook. Guarded by one lock; nothing is kept beyond the process."""
import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
import uuid

REUSE_SECONDS = 10


def _b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.body = status, {"code": status, "error_code": code, "msg": message}


class Auth:
    def __init__(self, owner, token_life=3600):
        """owner() gives a connection that may use auth.users and act as supabase_auth_admin."""
        self.owner, self.token_life = owner, token_life
        self.secret = secrets.token_bytes(32)
        self.lock = threading.Lock()
        self.users = {}     # email -> (id, salt, hash)
        self.sessions = {}  # refresh token -> session
        self.clock_offset_s = 0

    def now(self):
        return time.time() + self.clock_offset_s

    # --- people ---

    def add_user(self, email, password, role="authenticated"):
        user, salt = str(uuid.uuid4()), secrets.token_bytes(16)
        with self.owner() as cursor:
            cursor.execute("insert into auth.users (id, email, role) values (%s, %s, %s)", [user, email, role])
        with self.lock:
            self.users[email] = (user, salt, self._hash(password, salt), role)
        return user

    def remove_user(self, user):
        with self.owner() as cursor:
            cursor.execute("delete from auth.users where id = %s", [user])
        with self.lock:
            self.users = {email: known for email, known in self.users.items() if known[0] != user}

    def set_password(self, email, password):
        with self.lock:
            user, salt, _, role = self.users[email]
            self.users[email] = (user, salt, self._hash(password, salt), role)

    @staticmethod
    def _hash(password, salt):
        return hashlib.scrypt(password.encode(), salt=salt, n=1024, r=8, p=1)

    # --- tokens ---

    def login(self, body):
        with self.lock:
            user, salt, digest, role = self.users.get(body.get("email"), (None, b"", b"", None))
        if user is None or not hmac.compare_digest(digest, self._hash(str(body.get("password")), salt)):
            raise Refused(400, "invalid_credentials", "Invalid login credentials")
        session = {"user": user, "role": role, "id": str(uuid.uuid4()), "active": None, "parent": None, "rotated": 0, "revoked": False}
        return self._answer(session, "password")

    def refresh(self, body):
        token = body.get("refresh_token")
        with self.lock:
            session = self.sessions.get(token)
            if session is None or session["revoked"]:
                raise Refused(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
            # A crash between rotation and keeping the new pair: the parent of the active one gets the active one again.
            again = token == session["parent"]
            if token != session["active"] and not again and time.monotonic() - session["rotated"] > REUSE_SECONDS:
                session["revoked"] = True
                raise Refused(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        return self._answer(session, "token_refresh", rotate=token == session["active"])

    def _answer(self, session, method, rotate=True):
        access = self.token(self._claims(session, method))
        with self.lock:
            if rotate:
                session["parent"], session["active"] = session["active"], secrets.token_urlsafe(16)
                session["rotated"] = time.monotonic()
                self.sessions[session["active"]] = session
            return {"access_token": access, "token_type": "bearer", "expires_in": self.token_life,
                    "expires_at": int(self.now()) + self.token_life, "refresh_token": session["active"], "user": {"id": session["user"]}}

    def _claims(self, session, method):
        claims = {"aud": "authenticated", "role": session["role"], "sub": session["user"], "session_id": session["id"],
                  "iat": int(self.now()), "exp": int(self.now()) + self.token_life}
        event = {"user_id": session["user"], "claims": claims, "authentication_method": method}
        with self.owner() as cursor:
            cursor.execute("set local role supabase_auth_admin")
            cursor.execute("select private.access_token_hook(%s)", [json.dumps(event)])
            answer = cursor.fetchone()[0]
        if "error" in answer:
            raise Refused(answer["error"]["http_code"], "hook_error", answer["error"]["message"])
        return answer["claims"]

    def token(self, claims):
        head = _b64(b'{"alg":"HS256","typ":"JWT"}') + "." + _b64(json.dumps(claims).encode())
        return head + "." + _b64(hmac.new(self.secret, head.encode(), hashlib.sha256).digest())

    def read(self, token):
        """Claims of an access token; (code, words) where it is not good."""
        try:
            head, _, signature = token.rpartition(".")
            good = hmac.compare_digest(_unb64(signature), hmac.new(self.secret, head.encode(), hashlib.sha256).digest())
            claims = json.loads(_unb64(head.split(".")[1])) if good else None
        except (ValueError, IndexError):
            claims = None
        if claims is None:
            return None, ("PGRST301", "JWSError JWSInvalidSignature")
        if claims["exp"] < self.now() - 30:  # PostgREST forgives 30 s
            return None, ("PGRST303", "JWT expired")
        return claims, None
