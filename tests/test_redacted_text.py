import base64
import bisect
import json
import re
import textwrap
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgctl_py.redacted_text.json_lines import without_json_values
from kgctl_py.redacted_text.redact import redacted
from kgctl_py.wireguard import Key
from tests.in_memory import key

BYTES = st.binary(min_size=32, max_size=32)
PUBLIC = key("public")


@given(
    st.lists(BYTES, min_size=1, max_size=4), st.sampled_from(["{}", "key={}", '"{}"', "x:{},", "[{}]", "/{}\n"])
)
def test_of_all_keys_only_public_ones_stay(raw: list[bytes], around: str) -> None:
    keys = [str(Key(one)) for one in raw]
    text = "".join(around.format(one) for one in (*keys, PUBLIC, *(one.hex() for one in raw)))
    cleaned = redacted(text, {PUBLIC})
    assert not any(one in cleaned for one in keys if one != PUBLIC)
    assert not re.search(r"[0-9a-f]{64}", cleaned)


def test_text_that_is_not_secret_stays() -> None:
    line = '{"level":"info","msg":"reconciled","node":"a","endpoint":"203.0.113.1:51820","took":"1.5s"}\n'
    assert redacted(line) == line
    named = f"peer {PUBLIC} at /var/lib/kilo/conf: no such file\n"
    assert redacted(named, {PUBLIC}) == named

    image = "pulling ghcr.io/kilo:0.9@sha256:0a1b, uid 01234567-89ab-cdef-0123-456789abcdef, took 00:01:02\n"
    assert redacted(image) == image


RAW = bytes(range(200, 232))


@pytest.mark.parametrize(
    "form",
    [
        RAW.hex(),
        RAW.hex()[:32],
        str(list(RAW)),
        " ".join(map(str, RAW)),
        ", ".join(map(hex, RAW)),
        RAW.hex(":"),
        str(Key(RAW)).replace("/", r"\/").replace("+", r"\u002b"),
        "\n".join(textwrap.wrap(base64.b64encode(b"-----BEGIN PRIVATE KEY-----\n" + RAW * 3).decode(), 30)),
    ],
)
def test_a_key_in_any_form_is_redacted(form: str) -> None:
    assert re.sub(r"[][ ]", "", redacted(f"key {form} is unusable")) == "key(redacted)isunusable"


SECRETS = [
    "PASSWORD=[Q]hush",
    "password: [x]hush",
    "token: []hush",
    "password: ['a', hush]",
    'password: ["a]b", c, hush]',
    "token: ['a', hush,   ",
    'password: [\n  "a",\n  "hush"\n]',
    "\x1b[token=hush",
    "token=hush",
    "https://me:hush@example.com",
    "https://me:hu/sh:hush@example.com/x",
    "https://me:hu@hush@example.com",
    "socks5://hush@proxy:1080",
    "postgres://kilo:hush@db/kilo",
    "Authorization: Bearer hush-hush-hush",
    "Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=hush",
    "map[Authorization:[Bearer hush] Accept:[*/*]]",
    '"password": "hush"',
    '"password": "my hush, and more hush"',
    r"""{"msg":"{\"token\":\"hush\"}"}""",
    "password: 'hush hush'",
    "PGPASSWORD=hush psql",
    "--token hush",
    "--token=hush",
    "-token hush",
    "--kubelet-token-secret 'hush hush'",
    "curl -u me:hush https://example.com",
    "Cookie: a=b; session=hush",
    "Set-Cookie: sid=hush; HttpOnly",
    '"cookie":"a=hush"',
    "X-Auth-Token: hush",
    "X-Vault-Token: hush",
    "https://s3/x?X-Amz-Signature=hush&x=1",
    "https://blob/x?sv=1&sig=hush",
    "client_secret=hush",
    "ghp_hushhushhush",
    "(github_pat_hushhushhush)",
    "glpat-hushhushhush",
    "xoxb-1-hushhushhush",
    "AKIAhushhushhush",
    "eyJhushhush.hush.hush",
    "x=eyJhushhush.hush.hush",
    "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\\nhush",
    "joining by bhushx.hush56789abcdefg",
    f"K10{'0a' * 32}::server:hush",
    "rk_live_hushhushhush",
    "GOCSPX-hushhushhush",
    "root:hush@tcp(10.0.0.1:3306)/db",
    "me:hush@db.example.com",
    "//me:hush@example.com/x",
    "next=https%3A%2F%2Fme%3Ahush%40example.com%2Fx",
    "https%253A%252F%252Fme%253Ahush%2540example.com",
    '"password": "my\\"hush"',
    "password=a,hush",
    "password: |\n  hush\n  hush",
    "token: >-\n    hush\n",
    "password is: hush",
    "<password>hush</password>",
    "passcode=hush",
    "vault_pass=hush",
    "password\x1b[0m=\x1b[1mhush",
    "pass\u200bword=hush",
    "AccountKey=hush==;x",
    "/callback?code=hush&x=1",
    "machine x login me password hush",
    "curl -ume:hush https://example.com",
    "sshpass -p hush ssh x",
    "----BEGIN PRIVATE KEY----\nhush\n----END PRIVATE KEY----",
    "password: |\n  hush\n\n  hush\n \n\n  hush",
    "password: >-\r\n  hush\r\n\r\n  hush\r\n",
    "- password: |\n    hush\n",
    'password: ["hush", "hush"]',
    "passwords: [hush, hush]",
    '"tokens": [\n  "hush",\n  "hush"\n]',
    "password => hush",
    "password := hush",
    "password == 'hush'",
    '{"name":"DB_PASSWORD","value":"hush"}',
    r"{\"name\":\"DB_PASSWORD\",\"value\":\"hush\"}",
    "- name: PASSWORD\n  value: hush",
    "- name: API_TOKEN_OLD\n  value: 'hush hush'",
    "- name: PASSWORD\n  value: |\n    hush\n\n    hush",
    "password: 'it''s hush'",
    "pass\x1b[Kword=hush",
    "pass\x1b[?25lword=\x1b[2Khush",
    "hush" * 10,
    "kEy/hush+" + "hush" * 8,
    "kEy%2Fhush%2B" + "hush" * 8,
    "{name: X_TOKEN, value: hush}",
    "{value: hush, name: X_TOKEN}",
    '{"value":"hush","name":"DB_PASSWORD"}',
    '{"value": "hush", "name": "DB_PASSWORD"}',
    '{\n  "value": "hush",\n  "name": "TOKEN"\n}',
    '{"msg":"env [{\\"value\\":\\"hush\\",\\"name\\":\\"A_TOKEN\\"}]"}',
    "{Name:DB_PASSWORD Value:hush ValueFrom:nil}",
    "tokens:\n  - hush\n  - hush",
    "tokens:\n- hush\n- hush",
    "passwords:\n  - 'hush hush'\n  - hush # x",
    "password:\n  hush",
    "password:\n    hush\n    hush",
    "Password:\nhush",
    "password: # c\n  hush",
    "password: !!str\n  hush",
    "password: &a\n  hush",
    "- password: |\n  hush\n",
    "password: |\nhush",
    "password: >\nhush\nuser: a",
    "  password: |\n  hush\n  user: a",
    "password: &a hush",
    "password: !!str hush",
    "'password' : hush",
    "password\t:\thush",
    "mysql -phush -u root",
    "mysql -uroot -phush db",
    "mysqldump --host x -phush",
    "mariadb -u root -phush",
    "mysqladmin -u root -p'hush hush' status",
    "curl -u kim:hush https://x",
    "curl -u 'kim:hush hush' https://x",
    "curl --user kim:hush x",
    "curl --user=kim:hush x",
    "curl --proxy-user kim:hush x",
    "curl -U kim:hush x",
    "curl -sSLukim:hush x",
    "wget --password hush",
    "wget --http-password=hush",
    "redis-cli -a hush",
    "redis-cli -ahush",
    "sshpass -phush ssh x",
    "ldapsearch -w hush",
    "ldapsearch -D cn=a -whush",
    "smbclient -U kim%hush //x",
    "docker login -u kim -p hush",
    "docker login -u kim -phush reg",
    "helm registry login -p hush",
    "openssl x -passin pass:hush",
    "openssl -pass pass:hush",
    "crictl pull --creds kim:hush img",
    "skopeo copy --src-creds kim:hush a b",
    "mongo -u a -p hush",
    "mongosh -p hush",
    "sqlcmd -U a -P hush",
    "zip -P hush a",
    "unzip -P hush a",
    "7z x -phush a",
    "ipmitool -U a -P hush",
    "mosquitto_pub -P hush",
    "htpasswd -b f kim hush",
    "rabbitmqctl add_user kim hush",
    "echo kim:hush | chpasswd",
    "snmpget -A hush -X hush",
    "psql 'host=x password=hush'",
    "psql postgresql://a:hush@x",
    "net use x /user:kim hush",
    "ldap.bindpw=hush",
    "bindpw hush",
    "requirepass hush",
    "masterauth hush",
    "ansible_become_pass: hush",
    "wpa_passphrase ssid hush",
    "echo hush | sudo -S ls",
    "echo 'hush' | docker login --password-stdin",
    "export PASSWORD=hush",
    "set PASSWORD hush",
    "setx TOKEN hush",
    "$env:TOKEN='hush'",
    "ENV TOKEN hush",
    "-e TOKEN=hush",
    "--env=TOKEN=hush",
    "--set auth.password=hush",
    "--from-literal=password=hush",
    "PrivateKey = hush",
    "PresharedKey=hush",
    "private_key=hush",
    "preshared_key=hush",
    "<token>hush</token>",
    '<secret name="a">hush</secret>',
    "password 'hush'",
    'password "hush"',
    "the password is hush",
    "passwd=hush",
    "otp=hush",
    "client-key-data: hush",
    "clientSecret: hush",
    "refresh_token=hush",
    "id_token=hush",
    "access_token:hush",
    "AWS_SECRET_ACCESS_KEY=hush",
    "aws_session_token = hush",
    "x-api-key: hush",
    "apikey=hush",
    "api_key: hush",
    "license_key=hush",
    "ssh_key: hush",
    "private-key-data: hush",
    "webhook_url=https://hooks.slack.com/services/T0/B0/hush",
    "dsn=https://hush@sentry.io/1",
    "DATABASE_URL=postgres://a:hush@h/d",
    "redis://:hush@h:6379",
    "amqp://a:hush@h",
    "mongodb+srv://a:hush@h/x",
    "ftp://a:hush@h",
    "Proxy-Authorization: Basic hush",
    "authorization=hush",
    "auth: hush",
    "dockerconfigjson: hush",
    ".dockerconfigjson: hush",
    '{"auths":{"r":{"auth":"hush"}}}',
    '{"auths":{"r":{"username":"a","password":"hush"}}}',
    'I1126 10:00:00.0 1 flags.go:64] FLAG: --token="hush"',
    'I1 x.go] FLAG: --kubeconfig-token="hush"',
    '{"caller":"main.go","level":"error","msg":"x","token":["hush","hush"]}',
    '{"token":{"value":"hush"}}',
    '{"password":"hush","y":1}',
    "WG_PRIVATE_KEY=hush",
    "export WIREGUARD_PRESHARED_KEY='hush'",
    "secretKey: hush",
    'password = """hush"""',
    "password: |2\n  hush",
    "stringData:\n  password: hush",
    "data:\n  token: hush",
    "kubectl create secret generic x --from-literal=a=hush",
    "kubeadm join 1.2.3.4:6443 --token hush --discovery-token-ca-cert-hash sha256:x",
    "k3s agent --token=hush",
    "K3S_TOKEN=hush",
    "rke2 token: hush",
    "vault login hush",
    "bao login hush",
    "consul -token=hush",
    "etcdctl --user root:hush get",
    "etcdctl --password=hush",
    "tailscale up --authkey hush",
    "tailscale up --auth-key=tskey-auth-hush",
    "nmcli c add wifi-sec.psk hush",
    "cloudflared tunnel run --token hush",
    "gh auth login --with-token hush",
    "npm_config__authToken=hush",
    "//registry.npmjs.org/:_authToken=hush",
    "_auth=hush",
    "_password=hush",
    "token(hush)",
    'Token("a)hush")',
    "cannot parse Password(hush and hush): no",
    "authToken('hush'",
    "api_key(f(hush))",
    "token(f(x), hush)",
    "client_secret(hush)",
    "clientSecret('hush')",
    "password hush accepted",
    "the passphrase hush was rejected",
    "Password hush,hush is incorrect",
    r"net use \\server\share hush /user:kim",
    r"net use x: \\server\share hush",
    r"net.exe use * \\server\share hush /persistent:yes",
    r"net use \\server\share /user:kim hush",
    "net user kim hush /add",
    "NET USER kim hush /ADD",
    r"NET USE X: \\server\share hush /USER:kim",
    r"Net.exe use x /User:kim hush",
    "net user kim 'hush hush' /add",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "it failed: {}", "E1 x.go:5] {}\nnext", '{{"msg":"{}"}}'])
def test_tokens_and_passwords_are_redacted(secret: str, around: str) -> None:
    assert "hush" not in redacted(around.format(secret))


def test_what_is_redacted_in_parentheses_stays_so() -> None:
    assert redacted(redacted("token(hush) ok")) == redacted("token(hush) ok") == "token((redacted)) ok"


@pytest.mark.parametrize(
    "secret",
    [
        "- value: hush\n  name: API_TOKEN",
        "- value: 'hush hush'\n  name: API_TOKEN",
        "- value: |\n    hush\n    hush\n  name: API_TOKEN",
        "- name: API_TOKEN\n  optional: false\n  value: hush",
        '{"name":"X_TOKEN","optional":false,"value":"hush"}',
        '{"value":"hush","x":1,"name":"X_TOKEN"}',
    ],
)
def test_a_value_is_redacted_wherever_its_name_is_in_the_same_object(secret: str) -> None:
    assert "hush" not in redacted(secret)


LOG = r"""{"caller":"mesh.go:301","event":"update","level":"info","node":{"Endpoint":{},"Name":"a"}}
{"caller":"mesh.go:141","component":"kilo","level":"warn","msg":"no private key found on disk; generating"}
{"caller":"main.go:1","err":"failed to get secret \"kube-system/foo\" not found","level":"error"}
I1126 10:00:00.000000       1 server_linux.go:66] "Using iptables proxy"
I1126 10:00:00.000000       1 flags.go:64] FLAG: --proxy-mode="iptables"
E1126 10:00:00.000000       1 proxier.go:733] "Error cleaning up nftables rules" err=<
	could not run nftables command: /dev/stdin:1:1-24: Error: Could not process rule: Operation not supported
 >
E0101 1 reflector.go:150] k8s.io/client-go/factory.go:160: Failed to watch *v1.Service: unknown (get services)
iptables -t nat -A KILO-NAT -d 10.4.0.0/16 -p tcp -m comment --comment "Kilo: do not NAT" -j RETURN
-A KUBE-SVC -p tcp -m tcp --dport 443 -j KUBE-SEP
docker run -p 8080:80 nginx
mkdir -p /var/lib/kilo; ssh -p 22 host; curl -sSL https://get.k3s.io | sh -
tar -xzf a.tar.gz && kubectl get pods -A -o wide
error: password is required
password authentication failed; the password was rejected, password change accepted, password for kim rejected
auth.(*Store).Token(0xc000123456, {0x1f, 0x2})  /go/auth.go:17 +0x3a
unexpected token(3), 2 token(s) left: token() is empty
net user space tools are missing; net use of memory: 3
net use \\\\server\share /delete
net use \\\\server\share /user:kim /persistent:yes
the token is valid; authentication failed
volumes:
- name: token
  projected:
    sources:
    - serviceAccountToken:
        path: token
- name: secret
  secret:
    secretName: foo
env:
- name: NODE
  value: a
tokens:
- name: a
  id: 5
auth:
  method: none
"""


def test_ordinary_logs_stay() -> None:
    assert redacted(LOG) == LOG


WORDS = st.sampled_from(
    (
        *("password", "token", "name", "value", ":", ": ", "=", "- ", "\n", "\n  ", "|", '"', "'", "{", "}", "["),
        *("]", ", ", "mysql ", "-p", "curl ", "-u", "a", "hush", "&a ", "!!str ", "#", "\\", "//", "@", "<", ">"),
    )
)


@given(st.lists(WORDS, max_size=60).map("".join))
def test_any_text_is_redacted_and_stays_so(text: str) -> None:
    once = redacted(text)
    assert redacted(f"PASSWORD=hush2\n{once}").startswith("PASSWORD=(redacted)")
    assert once.count("\n") <= text.count("\n")


def test_fields_next_to_a_secret_block_stay() -> None:
    text = "a:\n  password: |\n    hush\n\n    hush\n  user: kim\n- token: >-\n    hush\n  node: b\nc: 1\n"
    clean = "a:\n  password: (redacted)\n\n  user: kim\n- token: (redacted)\n  node: b\nc: 1\n"
    assert redacted(text) == clean
    pair = "- name: NODE\n  value: |\n    b\n- name: PASSWORD\n  valueFrom: c\n"
    assert redacted(pair) == pair


@pytest.mark.parametrize("length", [3_000, pytest.param(12_000, marks=pytest.mark.slow)])
def test_the_time_is_in_proportion_to_the_text(length: int) -> None:
    seeds = [
        *SECRETS[::3],
        *(secret[:cut] for secret in SECRETS[::3] for cut in (5, 9)),
        "a",
        " ",
        '"',
        "\\",
        "\t",
        "-",
    ]
    seeds += [
        "-eyJ",
        ".eyJ",
        "eyJ.",
        "x-",
        "--",
        "-a",
        "://",
        "@",
        "://a@",
        "token ",
        "token=",
        "bearer ",
        "a://",
        "%",
    ]
    seeds += ["-----BEGIN ", "-----BEGIN A", "-----BEGIN A-----", "-----END ", "x-a", "--token", "key ", "secret"]
    seeds += [
        "name:token",
        "name: a",
        "name: token\n",
        "value: |\n",
        "password: |\n ",
        "token:[",
        "token:[''",
        "\x1b[",
    ]
    seeds += [
        "mysql ",
        "mysql -p",
        "value: a, name: ",
        "value: x\n",
        "- value: a\n  b: c\n",
        "token:&",
        "token:!a ",
    ]
    seeds += ["password:\n", "tokens:\n- a\n", '{"token":', "token:{", "token:{'", "<token", "set ", "- - "]
    seeds += ["token: |", "name:a-", "|", ">", "token:[\n", "token=['a',"]
    for seed in dict.fromkeys(seeds):
        text = seed * (length // len(seed))
        started = time.process_time()
        redacted(text)
        assert time.process_time() - started < 0.5, seed


@pytest.mark.parametrize("before", ["", "password: {", "net "])
@pytest.mark.parametrize(
    "seed",
    [
        *(
            "\\",
            '\\"',
            "{",
            "[",
            "/user:",
            "value",
            "name: token ",
            "'",
            "-U",
            "&",
            "token:{",
            "token:map[a ",
            "token(",
            "token('",
            "token(a(b",
            "password a ",
            "use \\\\",
            "use \\\\a b ",
            "net user a ",
            "[\n",
        ),
        *('["mysql","-p",', "- mysql\n", '{"token":[', '{"token":{},', "--token\n- ", "[\\", "--a-"),
    ],
)
def test_a_text_that_is_four_times_as_long_takes_about_four_times_as_long(before: str, seed: str) -> None:
    short = max(_time_of(before + seed * (8_000 // len(seed))), 0.02)
    assert any(_time_of(before + seed * (32_000 // len(seed))) < 10 * short for _ in range(3))


@pytest.mark.parametrize(
    "text",
    [
        lambda size: '{"value":"' + "ab " * size + '",' + '"name":"password",' * (size // 8) + '"x":1}',
        lambda size: '{"value":' * (size // 20) + f'"{"ab " * size}"' + ',"name":"password"}' * (size // 20),
        lambda size: "mysql\n" + "- a\n" * size + "- b:c",
        lambda size: "mysql\n" + "- a\n" * size + "- b: c",
        lambda size: "mysql [" + '"a",\n' * size + "x",
        lambda size: "creds: token: " * size,
    ],
    ids=["repeated names", "nested pairs", "list", "list before a field", "list in brackets", "names"],
)
def test_a_longer_text_of_many_parts_takes_as_much_longer(text: Callable[[int], str]) -> None:
    short = max(_time_of(text(2_000)), 0.02)
    assert any(_time_of(text(8_000)) < 10 * short for _ in range(3))


def _time_of(text: str) -> float:
    started = time.process_time()
    redacted(text)
    return time.process_time() - started


@pytest.mark.parametrize(
    "line",
    [
        r'{"token":"hush","m":"\ud83d"}',
        r'{"msg":"{\"token\":\"hush\",\"m\":\"\\ud83d\"}"}',
        r'{"m":"{\"token\":\"hush\"} \ud83d"}',
    ],
)
def test_half_a_character_in_json_stays_escaped(line: str) -> None:
    clean = redacted(line)
    assert clean.encode()
    assert "ud83d" in clean
    assert "hush" not in clean


@pytest.mark.parametrize(
    "rest",
    ['"took":1.10', '"id":12345678901234567890123', '"a":1,"a":2', r'"path":"a\/b"', '"a" : [ 1e5,null ]'],
)
def test_json_next_to_a_secret_stays(rest: str) -> None:
    assert redacted(f'{{{rest},"token":"hush"}}') == f'{{{rest},"token":(redacted)}}'


@pytest.mark.parametrize(
    "line",
    [
        '{"credentials":{"db":{"user":"bob","pw":"hush hush"}}}',
        '{"password":{"user":{"a":"hush hush"}}}',
        '{"tokens":[[{"a":["hush hush"]}]]}',
        r'{"msg":"{\"credentials\":{\"db\":{\"pw\":\"hush hush\"}}}"}',
    ],
)
def test_everything_below_a_secret_name_is_redacted(line: str) -> None:
    assert "hush" not in redacted(line)


@pytest.mark.parametrize(
    "line",
    [
        '{"Value":"hush","value":null,"name":"PASSWORD"}',
        '{"value":"hush","VALUE":["hush"],"name":"PASSWORD","Value":"hush"}',
        '{"value":{"value":{"token":"hush"},"x":"hush","name":"TOKEN"},"name":"PASSWORD"}',
    ],
)
def test_each_value_before_a_secret_name_is_redacted(line: str) -> None:
    assert "hush" not in redacted(line)


@pytest.mark.parametrize("line", ['{{"password":{}}}', '{{"value":{},"name":"password"}}'])
def test_no_depth_of_json_ends_a_redaction(line: str) -> None:
    deepest = bisect.bisect_left(range(1 << 17), True, key=_is_too_deep)
    for depth in range(max(deepest - 60, 1), deepest + 1):
        assert without_json_values(line.format(_lists(depth)))


def _is_too_deep(depth: int) -> bool:
    try:
        json.loads(_lists(depth))
    except RecursionError:
        return True
    return False


def _lists(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "text",
    [
        "E1126 1 x] failed to read token:\n\tdial tcp 10.0.0.1:443: connection refused\n\tretrying in 5s\nI1 x",
        "panic: no such secret:\n  goroutine 1 [running]:\n  main.main()\n    /src/main.go:10 +0x1\nexit",
        "failed to read the token:\n- not found in a\n- not found in b\nnext",
        "password:\nuser: a",
    ],
)
def test_lines_after_a_sentence_that_ends_in_a_secret_name_stay(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "text",
    ["password:\n  hush hush\nnext", "- tokens:\n  - hush\n  - hush\nnext", 'msg="a" token:\n  hush\n  a\nnext'],
)
def test_a_marker_is_where_lines_are_left_out(text: str) -> None:
    first = text.split("\n", 1)[0]
    assert redacted(text) == f"{first} (redacted)\nnext"


def test_a_value_before_its_name_and_one_after_it_are_both_redacted() -> None:
    first = "- token: a\n  password:\n    hush\n- value: |\n    hush\n    hush\n    hush\n  name: A_TOKEN\n"
    assert "hush" not in redacted(first + "- name: A_TOKEN\n  value: |\n    hush\n    hush\n")
    assert "hush" not in redacted("- value:\n    hush\n    hush\n  token:\n  name: A_TOKEN\n  value:\n    hush\n")


@pytest.mark.parametrize(
    "line",
    [
        "net 10.4.0.0/16 -b 1 http",
        "iptables -t nat -p tcp docker login",
        "set token bucket rate 5",
        "sudo echo hello world",
        "echo 1 > /proc/x; sudo y",
        "echo x | sudo tee /etc/y",
        "podman run --user 1000:1000 image",
        "mysql < a; mkdir -pv /b",
        "level=info http -b 10.0.0.1",
        "a secret of curl; ssh -b 10.0.0.1 x",
    ],
)
def test_a_line_that_only_names_a_program_stays(line: str) -> None:
    assert redacted(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "sudo -u postgres mysql -phush",
        "/usr/bin/mysql -phush",
        "kubectl exec a -- mysql -phush",
        "A=1 mysql -phush",
        "a; mysql -phush",
        "x | mysql -p'a;hush' -phush",
        "docker exec db mysql -uroot -phush",
        "running command: curl -u a:hush x",
        "Running mysql -phush",
        "echo -n hush | sudo -S ls; mysql -phush",
        "2026-01-01T00:00:00Z mysql -uroot -phush",
        "  12 ?  00:00:00 ldapsearch -w hush",
        "INFO started mysql -uroot -phush",
        "failed docker login -u a -p hush r",
        "- redis-cli -a hush ping",
        "CMD redis-cli -a hush",
        "do mysql -phush",
        "ssh host mysql -phush",
        "k create secret generic x --from-literal=a=hush",
        'curl "https://x/?a=1&b=2" -b sid=hush',
        'mysql -e "select 1; select 2" -phush',
        'ldapsearch -x -D cn=admin "(&(a=b)(c=d))" -w hush',
        "mysql 2>&1 -uroot -phush db",
        "curl -d 'x=1&y=2' -u :hush https://x",
        "curl --user bob:'hush' x",
    ],
)
def test_the_password_after_a_program_is_redacted_wherever_its_command_starts(line: str) -> None:
    assert "hush" not in redacted(line)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("map[a:b secret:map[x:hush y:[hush]] c:ok]", "map[a:b secret:(redacted) c:ok]"),
        ("password: {a: {b: hush}, c: hush} rest", "password: (redacted) rest"),
        ("&v1.Secret{Token:&map[string]string{x:hush}, Kind:a}", "&v1.Secret{Token:(redacted), Kind:a}"),
        ("{'auth': ('me', 'hush'), 'a': 1}", "{'auth': (redacted), 'a': 1}"),
        ("token: {\n  a: [\nhush\n]\n}\nnext", "token: (redacted)\nnext"),
        ("token:{hush:{hush\nnext", "token:(redacted)\nnext"),
        ('SecretString: {"a":{"b":"hush"}} x', "SecretString: (redacted) x"),
        ("creds=[me, hush] x", "creds=(redacted) x"),
        ("failed to get creds: token: hush\n", "failed to get creds: token: (redacted)\n"),
        ("creds: token: password: {a: hush} x", "creds: token: password: (redacted) x"),
        ('<add key="password" value="hush"/>', '<add key="password" value=(redacted)/>'),
        ("<password>\nhush\n</password>", "<password>(redacted)\n</password>"),
    ],
)
def test_all_that_is_nested_in_a_secret_value_is_redacted_and_the_rest_stays(before: str, after: str) -> None:
    assert redacted(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["mysql","-phush"]', '["mysql","-p(redacted)"]'),
        ('[\n  "sshpass",\n  "-p",\n  "hush"\n]', '[\n  "sshpass",\n  "-p",\n  "(redacted)"\n]'),
        ("- redis-cli\n- -a\n- hush\n- name: b", "- redis-cli\n- -a\n- (redacted)\n- name: b"),
        ("- sshpass\n- -p\n- hush\n- ssh\n- a@b:/x", "- sshpass\n- -p\n- (redacted)\n- ssh\n- a@b:/x"),
        ("- mysql\n- db:3306\n- -phush", "- mysql\n- db:3306\n- -p(redacted)"),
        ("['sshpass', '-p', 'hush', 'ssh']", "['sshpass', '-p', '(redacted)', 'ssh']"),
        ('{"cmd":["redis-cli","-a","hu,sh;hush"]}', '{"cmd":["redis-cli","-a","(redacted)"]}'),
        (r'{"m":"exec [\"mysql\",\"-phush\"]"}', r'{"m":"exec [\"mysql\",\"-p(redacted)\"]"}'),
        ('["sh", "-c", "mysql -phush x; ls -p"]', '["sh", "-c", "mysql -p(redacted) x; ls -p"]'),
        ('- redis-cli\n- -a\n- "hush"\n- ping', '- redis-cli\n- -a\n- "(redacted)"\n- ping'),
        ('args: ["--token", "hush", "x"]', 'args: ["--token", (redacted), "x"]'),
        ("args:\n- --password\n- hush\n- --token\n- --x", "args:\n- --password\n- (redacted)\n- --token\n- --x"),
        ("nodetool -p 7199 -u me -pw hush status", "nodetool -p 7199 -u me -pw (redacted) status"),
        ("keytool -storepass hush -keypass hush x", "keytool -storepass (redacted) -keypass (redacted) x"),
    ],
)
def test_the_password_in_a_list_of_arguments_is_redacted(before: str, after: str) -> None:
    assert redacted(before) == after


@pytest.mark.parametrize(
    "text", ["- mysql < a\n- mkdir -pv /b", "['mysql','-p']", '["ls", "-phush"]', "- mysql\n- -p\n"]
)
def test_a_list_without_a_password_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "curl --user admin:123456 https://x",
        'curl "https://x/?a=1&b=2" -u admin:123456',
        "restic --user bob:123456 x",
        "set password 123:456",
        'set db_password "correct 123456 battery"',
        "setx token 123456 /M",
        "ENV token 123456 ",
        "set password 123456 for user bob",
        "SET SESSION password 123456 now",
        '"admin password":\n  correct 123456 battery',
        "my password:\n    correct 123456 battery",
        "database password:\n  - 123456\n  - b",
        "aws secret access key:\n  123456 x",
    ],
)
def test_a_password_of_digits_or_words_is_redacted(line: str) -> None:
    assert "456" not in redacted(line)
