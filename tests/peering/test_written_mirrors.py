"""`kgctl peering mirror --apply` and `--remove`: mirrored Services in the cluster that gets them."""

from typing import Any

import pytest

from kgctl_py.errors import KgctlError
from kgctl_py.kube.api_error import ApiError
from tests.kube.object_store import Objects
from tests.peering.clusters import Server, World
from tests.peering.test_mirror import service, slice_of, world


def store(found: World, kind: str) -> Objects:
    server = found.servers["edge"]
    assert isinstance(server, Server)
    return server.stores.setdefault((kind, "shop"), Objects())


def source(found: World) -> list[dict[str, Any]]:
    server = found.servers["aws"]
    assert isinstance(server, Server)
    return server.objects


def mirror(found: World, *args: str, code: int = 0) -> str:
    run = found.kgctl("mirror", "aws", "edge", *args)
    assert (run.exit_code, run.stdout) == (code, ""), run.output
    return str(run.stderr)


def addresses(found: World) -> list[str]:
    slices = store(found, "EndpointSlice").objects.values()
    return sorted(address for one in slices for endpoint in one["endpoints"] for address in endpoint["addresses"])


def test_a_service_is_created_once_and_changed_when_it_differs() -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    assert mirror(found, "shop/web", "--apply") == "kgctl: edge: shop/web-aws created\n"
    assert mirror(found, "shop/web", "--apply") == "kgctl: edge: shop/web-aws unchanged\n"
    source(found)[0]["spec"]["ports"][0]["port"] = 8080
    assert mirror(found, "shop/web", "--apply") == "kgctl: edge: shop/web-aws changed\n"
    assert [verb for verb, _ in store(found, "Service").log] == ["create", "update"]
    assert store(found, "EndpointSlice").objects["web-aws-0"]["ports"][0]["port"] == 8080
    assert addresses(found) == ["10.43.0.7"]


def test_what_others_set_stays() -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    mirror(found, "shop/web", "--apply")
    live = store(found, "Service").objects["web-aws"]
    live["metadata"]["annotations"] = {"a": "b"}
    live["metadata"]["labels"]["team"] = "x"
    live["spec"] |= {"clusterIP": "10.45.0.9", "sessionAffinity": "None"}
    for port in live["spec"]["ports"]:
        port["targetPort"] = port["port"]
    assert "unchanged" in mirror(found, "shop/web", "--apply")
    source(found)[0]["spec"]["ports"].pop()
    mirror(found, "shop/web", "--apply")
    live = store(found, "Service").objects["web-aws"]
    assert (live["metadata"]["annotations"], live["metadata"]["labels"]["team"]) == ({"a": "b"}, "x")
    assert (live["spec"]["clusterIP"], live["spec"]["sessionAffinity"]) == ("10.45.0.9", "None")
    assert [port["name"] for port in live["spec"]["ports"]] == ["http"]


def test_the_slices_follow_the_pods_and_extra_ones_are_removed() -> None:
    found = world(service("db", clusterIP="None"), slice_of("db", "10.42.1.5"), slice_of("db", "10.42.2.5"))
    mirror(found, "shop/db", "--apply")
    assert addresses(found) == ["10.42.1.5", "10.42.2.5"]
    source(found).pop()
    assert "changed" in mirror(found, "shop/db", "--apply")
    assert addresses(found) == ["10.42.1.5"]


def test_a_service_that_is_no_longer_headless_is_created_anew() -> None:
    found = world(service("db", clusterIP="None"), slice_of("db", "10.42.1.5"))
    mirror(found, "shop/db", "--apply")
    source(found)[:] = [service("db", clusterIP="10.43.0.8")]
    assert "changed" in mirror(found, "shop/db", "--apply")
    assert "clusterIP" not in store(found, "Service").objects["db-aws"]["spec"]
    assert addresses(found) == ["10.43.0.8"]


def test_a_service_of_somebody_else_is_left_alone() -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    store(found, "Service").create({"metadata": {"name": "web-aws", "namespace": "shop"}, "spec": {}})
    told = mirror(found, "shop/web", "--apply", code=1)
    assert 'cluster "edge": the Service "shop/web-aws" already exists, and is not a mirror of aws' in told
    assert "hint: give the first cluster another name: NAME=CONTEXT" in told
    assert store(found, "EndpointSlice").objects == {}


def test_a_namespace_that_does_not_exist_is_told_with_the_command_that_creates_it() -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    missing = ApiError('namespaces "shop" not found', status=404)
    store(found, "Service").fault = lambda verb, _: missing if verb == "create" else None
    told = mirror(found, "shop/web", "--apply", code=1)
    assert told.splitlines() == [
        'kgctl: cluster "edge": namespaces "shop" not found',
        "hint: to create it: kubectl --context edge create namespace shop",
    ]


def test_if_one_service_cannot_be_mirrored_none_is_written() -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    assert 'cluster "aws": Service "shop/no" not found' in mirror(found, "shop/web", "shop/no", "--apply", code=1)
    assert store(found, "Service").objects == {}


def test_a_server_that_does_not_show_slices_gets_no_service() -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    store(found, "EndpointSlice").fault = lambda *_: ApiError("not served", status=404)
    assert 'cluster "edge": not served' in mirror(found, "shop/web", "--apply", code=1)
    assert store(found, "Service").objects == {}


@pytest.mark.parametrize("how", ["client", "server"])
def test_a_dry_run_writes_nothing(how: str) -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    told = mirror(found, "shop/web", "--apply", "--dry-run", "client")
    assert told == "kgctl: edge: shop/web-aws created (dry run)\n"
    assert store(found, "Service").objects == {}
    mirror(found, "shop/web", "--apply")
    source(found)[0]["spec"]["clusterIP"] = "10.43.0.8"
    assert "shop/web-aws changed (dry run)" in mirror(found, "shop/web", "--apply", "--dry-run", how)
    assert "would be removed (dry run)" in mirror(found, "--remove", "--dry-run", how)
    assert addresses(found) == ["10.43.0.7"]


def test_mirrors_are_removed_all_or_by_name_and_nothing_else_is() -> None:
    found = world(
        *(service(name, clusterIP=f"10.43.0.{number}") for number, name in enumerate(("web", "api", "db")))
    )
    mirror(found, "shop/web", "shop/api", "shop/db", "--apply")
    store(found, "Service").create({"metadata": {"name": "ours"}, "spec": {}})
    assert mirror(found, "shop/api", "--remove") == "kgctl: edge: shop/api-aws removed\n"
    assert sorted(store(found, "EndpointSlice").objects) == ["db-aws-0", "web-aws-0"]
    told = mirror(found, "--remove")
    assert told == "kgctl: edge: shop/web-aws removed\nkgctl: edge: shop/db-aws removed\n"
    assert (list(store(found, "Service").objects), store(found, "EndpointSlice").objects) == (["ours"], {})
    assert mirror(found, "--remove") == "kgctl: edge: no mirrored Services of aws to remove\n"


def test_a_removal_needs_only_the_cluster_that_has_the_mirrors() -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    mirror(found, "shop/web", "--apply")
    found.servers["aws"] = KgctlError("it does not answer")
    assert "shop/web-aws removed" in mirror(found, "--remove")


def test_a_separation_names_the_mirrors_that_remain() -> None:
    found = world(service("web", clusterIP="10.43.0.7"))
    assert found.kgctl("connect", "aws", "edge").exit_code == 0
    mirror(found, "shop/web", "--apply")
    told = found.kgctl("rm", "aws", "edge").stderr
    assert "kgctl: mirrored Services of aws remain in edge: shop/web-aws" in told
    assert "hint: to remove them: kgctl peering mirror aws edge --remove" in told
    assert told.count("mirrored Services") == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("aws", "edge", "--apply"), "missing argument NAMESPACE/SERVICE"),
        ((), "peering mirror needs two clusters"),
        (("aws", "--remove"), "peering mirror needs two clusters"),
        (("aws", "edge", "shop/web", "--remove", "--watch"), "--watch and --remove exclude each other"),
        (("aws", "edge", "shop/web", "--dry-run", "client"), "--dry-run needs --apply or --remove"),
        (
            ("aws", "edge", "shop/web", "--watch", "--dry-run", "client"),
            "--dry-run and --watch exclude each other",
        ),
        (("aws", "edge", "--apply", "--remove"), "--apply and --remove exclude each other"),
        (("aws", "edge.yaml", "shop/web", "--apply"), '"edge" is a file, which kgctl does not change'),
        (("aws", "edge.yaml", "shop/web", "--watch"), "to print the manifests, leave out --watch"),
        (("aws", "edge.yaml", "--remove"), "hint: use the context of the cluster"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(args: tuple[str, ...], words: str) -> None:
    run = world(service("web", clusterIP="10.43.0.7")).kgctl("mirror", *args)
    assert (run.exit_code, words in run.stderr) == (2, True), run.output
