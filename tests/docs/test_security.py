"""Each promise of SECURITY.md has a test, named here."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

PROMISES = {
    "kgctl trusts a server only if": "kube/test_client.py: a_server_whose_authority_is_not_given_is_not_trusted, "
    "a_certificate_for_another_name_is_not_trusted",
    "kgctl never sends credentials over http": "kube/test_client.py: no_credentials_go_over_http, "
    "a_redirect_is_not_followed; kube/test_oidc.py: a_redirect_from_https_to_http_is_not_followed, "
    "secrets_are_not_sent_after_a_redirect",
    "A proxy for https sees": "kube/test_client.py: "
    "https_goes_through_a_proxy_in_a_tunnel_that_the_proxy_cannot_read",
    "If the kubeconfig gives only the name of a credential plugin": "kube/test_exec_plugin.py: "
    "a_plugin_is_found_in_the_path_of_kgctl_and_never_in_the_current_folder",
    "kgctl writes private keys, preshared keys, and tokens": "api/test_secrets.py: "
    "a_secret_is_only_on_stdout, every_command_is_tried_here, "
    "generated_keys_are_only_in_the_file, "
    "a_key_that_is_brought_on_stdin_is_not_in_the_process_list",
    "Only you can read a file with a secret": "fs/test_files.py: "
    "a_secret_is_for_its_owner_alone_and_other_files_follow_the_umask, "
    "a_secret_is_never_open_to_others_while_it_is_written",
    "kgctl does not write a secret through": "fs/test_links.py: a_link_of_another_user_is_not_followed; "
    "fs/test_streams.py: a_secret_goes_into_no_pipe_of_others, a_pipe_that_becomes_another_users_gets_no_secret",
    "A message never contains a header": "kube/test_client.py: no_header_value_is_in_a_message, "
    "a_proxy_that_is_down_is_reported_without_its_password; "
    "kube/test_merge_kubeconfigs.py: no_message_has_the_password_of_a_server; "
    "fs/test_key_file.py: an_invalid_key_file_is_an_error_with_its_name_but_not_its_content",
    "If kgctl crashes": "test_entry_point.py: no_core_is_dumped",
    "`kgctl gather` saves no": "diagnose/test_gather.py: no_secret_of_the_cluster_is_in_the_bundle; "
    "test_redacted_text.py: tokens_and_passwords_are_redacted; "
    "cluster/test_redaction.py: of_the_configuration_of_kubeadm_the_networks_are_kept",
    "Text from the cluster cannot control": "test_hostile.py: "
    "nothing_breaks_out_of_a_configuration_or_a_line_of_stderr; "
    "test_escape_text.py: invisible_characters_are_escaped",
    "A command that kgctl suggests": "test_hostile.py: no_name_starts_a_line_of_a_hint, "
    "no_name_is_part_of_a_line_to_be_typed",
    "The HTML page of `kgctl graph` loads nothing": "render/test_page.py: "
    "no_text_leaves_the_data, the_page_names_no_other_place, "
    "the_policy_allows_only_the_script_and_the_style_of_the_page",
    "`--git` reads and changes only regular files": "cluster/test_git_boundaries.py: "
    "what_is_outside_is_refused_and_stays, a_kustomization_that_is_a_link_to_elsewhere_is_refused",
    "kgctl runs no program of a Git repository": "cli/test_changes.py: no_program_of_a_repository_runs, "
    "a_partial_clone_downloads_nothing",
    "kgctl refuses an archive that does not have the layout": "fs/test_archive.py: "
    "what_gather_did_not_make_is_refused_with_the_reason, a_bomb_is_not_unpacked",
    "A response of the API server": "kube/test_limits.py: a_body_that_is_too_large_is_told_as_that, "
    "the_pages_of_a_list_have_a_bound_together",
    "A list can have at most": "kube/test_read_list.py: a_list_with_too_many_objects_is_refused, "
    "a_list_of_another_kind_is_refused_also_in_protobuf; "
    "cluster/test_api.py: a_body_that_is_no_list_is_an_error_that_names_its_source",
    "A line of a watch": "kube/test_limits.py: a_line_of_a_watch_without_an_end_is_a_broken_stream, "
    "trailers_without_an_end_are_a_broken_stream; "
    "kube/test_store.py: what_a_watch_adds_has_a_bound",
    "kgctl gives up on a list that never ends": "kube/test_limits.py: a_list_without_an_end_ends_in_time, "
    "a_continue_token_that_comes_again_is_refused; "
    "kube/test_oidc.py: an_issuer_that_answers_byte_by_byte_is_given_up; "
    "kube/test_silence.py: a_stream_without_lines_ends, a_list_is_read_again_after_a_watch_without_lines",
    "A saved cluster can be at most": "cluster/test_git_boundaries.py: a_file_without_an_end_is_one_error",
    "YAML aliases": "kube/test_yaml_with_limits.py: aliases_of_aliases_have_no_more_values_than_a_large_cluster",
    "A credential plugin": "kube/test_exec_plugin.py: a_plugin_that_prints_without_end_is_stopped",
}


def test_every_promise_is_listed_here() -> None:
    promised = re.findall(r"^- (.+)$", (ROOT / ".github" / "SECURITY.md").read_text(), re.MULTILINE)
    assert len(promised) == len(PROMISES)
    for sentence, start in zip(promised, PROMISES, strict=True):
        assert sentence.startswith(start)


@pytest.mark.parametrize("tests", PROMISES.values(), ids=PROMISES)
def test_each_promise_has_its_tests(tests: str) -> None:
    for part in tests.split("; "):
        file, _, names = part.partition(": ")
        text = Path(ROOT / "tests" / file).read_text()
        for name in names.split(", "):
            assert f"def test_{name}(" in text
