"""Settings are read loudly: each wrong value stops the start with its name, its fault and the remedy."""

import stat
from dataclasses import fields
from pathlib import Path

import pytest

from sayso.settings import PREFIX, Settings, SettingsError, read, reference, secret_key

SECRET = "hunter2-hunter2-hunter2-hunter2-hunter2"
METADATA = (
    '<EntityDescriptor entityID="https://entity.example.com/"><IDPSSODescriptor><X509Certificate/>'
    '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"/></IDPSSODescriptor>'
    "</EntityDescriptor>"
)


def test_an_empty_environment_is_enough() -> None:
    settings = read({})
    assert (settings.bind, settings.workers, settings.database_url) == (("127.0.0.1", 8080), 2, "")
    assert settings.home.is_absolute()
    assert settings.url == "http://127.0.0.1:8080"


def test_what_is_set_wins_and_surrounding_blanks_do_not_matter() -> None:
    settings = read(
        {"SAYSO_BIND": " [::1]:9000\n", "SAYSO_WORKERS": "4", "SAYSO_PUBLIC_URL": "https://sms.example.com/"}
    )
    assert (settings.bind, settings.workers, settings.url) == (("::1", 9000), 4, "https://sms.example.com")


@pytest.mark.parametrize("name", [entry.name for entry in fields(Settings)])
def test_each_setting_may_come_from_a_file(name: str, tmp_path: Path) -> None:
    values = {
        "home": str(tmp_path),
        "database_url": "postgresql://sayso@db/sayso",
        "database_owner_url": "postgresql://owner@db/sayso",
        "nats_url": "",
        "secret_key": SECRET,
        "public_url": "https://sms.example.com",
        "bind": "127.0.0.1:9000",
        "smtp_url": "smtp://mail:25",
        "oidc_issuer": "https://login.example.com",
        "oidc_client_id": "sayso",
        "oidc_client_secret": SECRET,
        "oidc_name": "Little Fern",
        "saml_metadata": METADATA,
        "saml_name": "Big Fern",
        "saml_email": "mail",
        "carrier_bind": "127.0.0.1:9001",
        "workers": "3",
        "trusted_proxies": "1",
        "log": "json",
        "log_level": "warning",
    }
    file = tmp_path / "value"
    file.write_text(values[name] + "\n")
    beside = {"SAYSO_DATABASE_URL": "postgresql://sayso@db/sayso"} if name == "database_owner_url" else {}
    if name.startswith(("oidc_", "saml_")):
        together = {PREFIX + part.upper(): values[part] for part in values if part[:5] == name[:5]}
        beside = {key: value for key, value in together.items() if key != PREFIX + name.upper()}
    from_file = read({f"{PREFIX}{name.upper()}_FILE": str(file), **beside})
    assert from_file == read({PREFIX + name.upper(): values[name], **beside})


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SAYSO_BIND", "8080", "SAYSO_BIND is '8080', which is no address. Write host:port"),
        ("SAYSO_BIND", "127.0.0.1:99999", "which is no address"),
        ("SAYSO_WORKERS", "0", "SAYSO_WORKERS is '0'. Give the number of web workers, from 1 to 64."),
        ("SAYSO_WORKERS", "²", "from 1 to 64"),
        ("SAYSO_HOME", "/etc/passwd", "which is no directory"),
        ("SAYSO_DATABASE_URL", "mysql://root:geheim@db/x", "does not start with postgresql://"),
        ("SAYSO_DATABASE_URL", "postgresql://[geheim", "SAYSO_DATABASE_URL can't be read"),
        ("SAYSO_SECRET_KEY", "geheim", "has 6 characters, too few"),
        ("SAYSO_PUBLIC_URL", "sms.example.com", "which is no web address"),
        ("SAYSO_SMTP_URL", "geheim", "is no mail server. Write smtp://"),
        ("SAYSO_OIDC_ISSUER", "login.example.com", "which is no OpenID issuer. Write the issuer as"),
        ("SAYSO_OIDC_ISSUER", "http://login.example.com", "which is no OpenID issuer"),
        ("SAYSO_SAML_METADATA", "/etc/geheim.xml", "A file of metadata goes into SAYSO_SAML_METADATA_FILE."),
        ("SAYSO_SAML_METADATA", "http://login.example.com/geheim", "Write the https address where"),
        ("SAYSO_SAML_METADATA", "<html>geheim</html>", "XML of 19 characters with 0 SAML providers in it"),
        ("SAYSO_SAML_METADATA", METADATA * 2, "with 2 SAML providers in it. Give it the metadata of one"),
        ("SAYSO_SAML_METADATA", f"<!--{'x' * 100_000}-->{METADATA}", "provider, at most 100000 characters"),
        ("SAYSO_SAML_METADATA", METADATA.replace("HTTP-Redirect", ""), "without a certificate or a sign-on"),
        ("SAYSO_SECRET_KEY_FILE", "geheim", "SAYSO_SECRET_KEY_FILE names a file that can't be read"),
        ("SAYSO_DATABSE_URL", "x", "SAYSO_DATABSE_URL is no setting. Did you mean SAYSO_DATABASE_URL?"),
        ("SAYSO_QQQQQQQQ", "x", "SAYSO_QQQQQQQQ is no setting. Remove it."),
    ],
)
def test_a_wrong_value_is_named_with_its_fault_and_remedy_and_no_secret(
    name: str, value: str, fault: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        read({name: value})
    assert fault in str(raised.value)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        (
            {"SAYSO_BIND": "127.0.0.1:8081"},
            "SAYSO_CARRIER_BIND is 127.0.0.1:8081, where the doors listen already (SAYSO_BIND is "
            "127.0.0.1:8081). Choose another port for one of them.",
        ),
        ({"SAYSO_BIND": "0.0.0.0:9000", "SAYSO_CARRIER_BIND": "127.0.0.1:9000"}, "where the doors listen"),
        ({"SAYSO_BIND": "[::1]:9000", "SAYSO_CARRIER_BIND": "[::]:9000"}, "where the doors listen already"),
        (
            {"SAYSO_DATABASE_OWNER_URL": "postgresql://owner:geheim@db/sayso"},
            "SAYSO_DATABASE_OWNER_URL is set, but SAYSO_DATABASE_URL is not, so the embedded database "
            "would be used and this ignored. Set SAYSO_DATABASE_URL too, or remove this one.",
        ),
        (
            {"SAYSO_OIDC_ISSUER": "https://login.example.com", "SAYSO_OIDC_CLIENT_ID": "sayso"},
            "SAYSO_OIDC_CLIENT_SECRET is not set, but SAYSO_OIDC_ISSUER is, so nobody could sign in with "
            "that provider. Set it too, or remove SAYSO_OIDC_ISSUER.",
        ),
        ({"SAYSO_OIDC_NAME": "Little Fern"}, "SAYSO_OIDC_ISSUER is not set, but SAYSO_OIDC_NAME is"),
        (
            {"SAYSO_SAML_NAME": "Little Fern", "SAYSO_PUBLIC_URL": "https://sms.example.com"},
            "SAYSO_SAML_METADATA is not set, but SAYSO_SAML_NAME is, so nobody could sign in with that "
            "provider. Register this server there, by https://sms.example.com/sign-in/saml/metadata/, and",
        ),
        ({"SAYSO_SAML_EMAIL": "mail"}, "or remove SAYSO_SAML_EMAIL."),
        (
            {
                "SAYSO_OIDC_ISSUER": "https://login.example.com",
                "SAYSO_OIDC_CLIENT_ID": "sayso",
                "SAYSO_OIDC_CLIENT_SECRET": "geheim",
                "SAYSO_SAML_METADATA": "https://login.example.com/metadata",
            },
            "SAYSO_SAML_NAME would be 'login.example.com', which the OpenID provider is called already",
        ),
    ],
)
def test_settings_that_can_not_be_meant_together_stop_the_start(environ: dict[str, str], fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(environ)
    assert fault in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_two_addresses_of_one_machine_may_share_a_port() -> None:
    settings = read({"SAYSO_BIND": "127.0.0.1:9000", "SAYSO_CARRIER_BIND": "127.0.0.2:9000"})
    assert settings.bind[1] == settings.carrier_bind[1]


@pytest.mark.parametrize(
    ("environ", "called"),
    [
        ({}, ""),
        ({"SAYSO_SAML_METADATA": "https://login.example.com/saml/metadata"}, "login.example.com"),
        ({"SAYSO_SAML_METADATA": METADATA}, "entity.example.com"),
        ({"SAYSO_SAML_METADATA": METADATA.replace("https://entity.example.com/", "urn:fern")}, "SAML"),
        ({"SAYSO_SAML_METADATA": METADATA, "SAYSO_SAML_NAME": "Fern ID"}, "Fern ID"),
    ],
)
def test_a_saml_provider_is_called_by_its_name_or_its_host(environ: dict[str, str], called: str) -> None:
    assert read(environ).saml_called == called


def test_metadata_may_begin_with_the_mark_of_its_byte_order(tmp_path: Path) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(METADATA, "utf-8-sig")
    assert read({"SAYSO_SAML_METADATA_FILE": str(file)}).saml_metadata == METADATA


def test_a_value_and_its_file_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="are both set"):
        read({"SAYSO_LOG": "json", "SAYSO_LOG_FILE": str(tmp_path / "log")})


def test_what_is_no_setting_but_ours_is_let_be() -> None:
    assert read({"SAYSO_PASSWORD": "x", "SAYSO_TEST_DATABASE_URL": "x", "PATH": "x"}) == read({})


def test_no_secret_is_ever_shown() -> None:
    settings = read(
        {
            "SAYSO_DATABASE_URL": f"postgresql://a:{SECRET}@db/x",
            "SAYSO_DATABASE_OWNER_URL": f"postgresql://a:{SECRET}@db/x",
            "SAYSO_SECRET_KEY": SECRET,
            "SAYSO_OIDC_ISSUER": "https://login.example.com",
            "SAYSO_OIDC_CLIENT_ID": "sayso",
            "SAYSO_OIDC_CLIENT_SECRET": SECRET,
            "SAYSO_SMTP_URL": f"smtp://a:{SECRET}@mail:25",
        }
    )
    assert SECRET not in repr(settings)


def test_the_secret_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    settings = read({"SAYSO_HOME": str(tmp_path / "home")})
    made = secret_key(settings)
    assert len(made) == 64
    assert secret_key(settings) == made
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "home").iterdir()] == [0o600]
    assert secret_key(read({"SAYSO_SECRET_KEY": SECRET})) == SECRET


@pytest.mark.parametrize("kept", ["", "short\n", "ключ"])
def test_a_key_file_without_a_key_stops_the_start(tmp_path: Path, kept: str) -> None:
    (tmp_path / "secret.key").write_text(kept, "utf-8")
    with pytest.raises(SettingsError, match=r"secret\.key holds .* too few"):
        secret_key(read({"SAYSO_HOME": str(tmp_path)}))


def test_a_home_that_cannot_be_looked_at_is_told_in_words() -> None:
    with pytest.raises(SettingsError, match=r"can't be opened .* point SAYSO_HOME elsewhere"):
        read({"SAYSO_HOME": "/" + "long" * 100})


def test_the_reference_page_is_what_the_code_says() -> None:
    page = Path(__file__).parents[1] / "docs" / "settings.md"
    assert page.read_text() == reference(), "make it anew from sayso.settings.reference()"
