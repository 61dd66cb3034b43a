"""Where settings come from, and what is said when they are not there."""

import json
from pathlib import Path

import pytest
from msgspec import convert

from adapters.settings import (
    SMTP_CONNECTIONS_DEFAULT,
    InnerAddresses,
    Settings,
    SettingsMissing,
    load_settings,
)

IN_FILE = {
    "database_url": "postgresql://file/app",
    "database_owner_url": "postgresql://file/owner",
    "nats_url": "nats://file",
    "master_key": "file-key",
    "api_url": "http://file",
    "partitions": 2,
}
IN_ENVIRONMENT = {
    "DATABASE_URL": "postgresql://environment/app",
    "DATABASE_OWNER_URL": "postgresql://environment/owner",
    "NATS_URL": "nats://environment",
    "LEDGER_MASTER_KEY": "environment-key",
    "LEDGER_API_URL": "http://environment",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = json.dumps(IN_FILE | {"database_superuser_url": "postgresql://file/postgres"})
    (tmp_path / "connection.json").write_text(content)
    return tmp_path


def test_the_data_folder_is_enough(folder: Path) -> None:
    assert load_settings({}, folder) == convert(IN_FILE, Settings)


def test_the_environment_is_enough() -> None:
    assert load_settings(IN_ENVIRONMENT, None).nats_url == "nats://environment"


def test_the_environment_comes_first_one_by_one(folder: Path) -> None:
    settings = load_settings({"NATS_URL": "nats://environment", "DATABASE_URL": ""}, folder)
    assert settings == convert(IN_FILE | {"nats_url": "nats://environment"}, Settings)


def test_a_database_of_the_environment_is_not_joined_with_the_owner_of_another(
    folder: Path,
) -> None:
    settings = load_settings({"DATABASE_URL": "postgresql://environment/app"}, folder)
    assert settings.database_owner_url == "postgresql://environment/app"


def test_servers_of_ones_own_and_the_master_key_are_enough(tmp_path: Path) -> None:
    names = ("DATABASE_URL", "NATS_URL", "LEDGER_MASTER_KEY")
    settings = load_settings({name: IN_ENVIRONMENT[name] for name in names}, tmp_path)
    assert settings.database_owner_url == settings.database_url
    assert (settings.api_url, settings.partitions) == ("http://127.0.0.1:8080", 1)


def test_a_missing_master_key_is_said_how_to_make(tmp_path: Path) -> None:
    environment = IN_ENVIRONMENT | {"LEDGER_MASTER_KEY": ""}
    with pytest.raises(SettingsMissing, match=r"^LEDGER_MASTER_KEY not set.*openssl rand"):
        load_settings(environment, tmp_path)


def test_partitions_are_a_number_within_limits() -> None:
    assert load_settings(IN_ENVIRONMENT | {"LEDGER_PARTITIONS": "4"}, None).partitions == 4
    for wrong in ("0", "65", "four", "1.5"):
        with pytest.raises(SettingsMissing, match=f"^LEDGER_PARTITIONS is '{wrong}'; it must be"):
            load_settings(IN_ENVIRONMENT | {"LEDGER_PARTITIONS": wrong}, None)


def test_connections_to_the_mail_server_are_a_number_within_limits() -> None:
    assert load_settings(IN_ENVIRONMENT, None).smtp_connections == SMTP_CONNECTIONS_DEFAULT
    environment = IN_ENVIRONMENT | {"SMTP_CONNECTIONS": "32"}
    assert load_settings(environment, None).smtp_connections == 32
    with pytest.raises(
        SettingsMissing, match=r"^SMTP_CONNECTIONS is '101'; it must be .* 1 to 100"
    ):
        load_settings(environment | {"SMTP_CONNECTIONS": "101"}, None)


def test_inner_addresses_are_refused_or_allowed_or_all_there_is() -> None:
    assert load_settings(IN_ENVIRONMENT, None).inner_addresses is InnerAddresses.REFUSED
    environment = IN_ENVIRONMENT | {"LEDGER_INNER_ADDRESSES": "allowed"}
    assert load_settings(environment, None).inner_addresses is InnerAddresses.ALLOWED
    trial = IN_ENVIRONMENT | {"LEDGER_INNER_ADDRESSES": "only"}
    assert load_settings(trial, None).inner_addresses is InnerAddresses.ONLY
    for wrong in ("yes", "Allowed", "1"):
        sentence = f"^LEDGER_INNER_ADDRESSES is '{wrong}'; it must be `refused`"
        with pytest.raises(SettingsMissing, match=sentence):
            load_settings(environment | {"LEDGER_INNER_ADDRESSES": wrong}, None)


def test_the_public_address_is_one_that_providers_may_call() -> None:
    for right in ("https://ledger.example.com", "https://example.com:8443/ledger/"):
        environment = IN_ENVIRONMENT | {"LEDGER_PUBLIC_URL": right}
        assert load_settings(environment, None).public_url == right
    for wrong in (
        "ledger.example.com",
        "http://example.com",
        "https://u:p@example.com",
        "https://",
    ):
        with pytest.raises(SettingsMissing, match=r"^LEDGER_PUBLIC_URL is .*; it must be"):
            load_settings(IN_ENVIRONMENT | {"LEDGER_PUBLIC_URL": wrong}, None)


def test_without_one_providers_call_nobody_but_in_trials_on_this_machine() -> None:
    assert load_settings(IN_ENVIRONMENT, None).public_url == ""
    trial = load_settings(IN_ENVIRONMENT | {"LEDGER_INNER_ADDRESSES": "only"}, None)
    assert trial.public_url == trial.api_url


def test_in_trials_they_call_the_api_of_the_data_folder_whose_file_names_no_address(
    tmp_path: Path,
) -> None:
    content = IN_FILE | {"api_url": "http://127.0.0.1:8123", "public_url": ""}
    (tmp_path / "connection.json").write_text(json.dumps(content))
    trial = load_settings({"LEDGER_INNER_ADDRESSES": "only"}, tmp_path)
    assert trial.public_url == "http://127.0.0.1:8123"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    environment = IN_ENVIRONMENT.copy()
    del environment["NATS_URL"]
    with pytest.raises(SettingsMissing, match=r"^NATS_URL not set.*holds no connection\.json"):
        load_settings(environment, tmp_path)


def test_a_damaged_file_is_named(folder: Path) -> None:
    (folder / "connection.json").write_text("{")
    with pytest.raises(SettingsMissing, match=r"connection\.json is not a connection file"):
        load_settings({}, folder)


def test_secrets_are_not_shown(folder: Path) -> None:
    assert "key" not in repr(load_settings({}, folder))
