"""What people call the columns of their lists (no case, accents, signs), and how they say yes and no."""

from __future__ import annotations

from collections.abc import Mapping

# The best name first: of a list with “Telefon” and “Handy” the second is the mobile number.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "phone": (
        "mobilenumber", "mobilephone", "mobile", "mobileno", "cellphone", "cell", "cellnumber",
        "msisdn", "sms",
        "smsnumber", "handy", "handynummer", "mobilnummer", "mobiltelefon", "mobil", "mobilfunk",
        "portable",
        "telephoneportable", "numeroportable", "movil", "telefonomovil", "celular", "cellulare", "mobiel",
        "mobielnummer", "mobielenummer", "telemovel", "komorka", "matkapuhelin", "mobilni", "phonenumber",
        "phone", "phoneno", "telephone", "telephonenumber", "tel", "telefon", "telefonnummer", "rufnummer",
        "numerodetelephone", "telefono", "numerodetelefono", "telefoon", "telefoonnummer", "telefone",
        "numertelefonu", "puhelin", "number", "nummer", "numero",
    ),
    "external_id": (
        "externalid", "extid", "customerid", "customernumber", "customerno", "clientid", "contactid",
        "userid",
        "memberid", "membernumber", "subscriberid", "profileid", "kundennummer", "kundennr", "kundenid",
        "numeroclient", "idclient", "numerodecliente", "idcliente", "klantnummer", "klantid",
        "codicecliente",
        "kundnummer", "id", "key",
    ),
    "email": (
        "email", "emailaddress", "mail", "mailaddress", "emailadresse", "adresseemail", "courriel",
        "correoelectronico", "correo", "emailadres", "indirizzoemail", "epost", "sahkoposti",
    ),
    "language": (
        "language", "languagecode", "lang", "locale", "sprache", "langue", "idioma", "lingua", "taal",
        "sprak",
        "jezyk", "kieli",
    ),
    "time_zone": ("timezone", "tz", "zeitzone", "fuseauhoraire", "zonahoraria", "fusoorario", "tijdzone"),
    "country": (
        "countrycode", "country", "land", "landercode", "pays", "codepays", "pais", "paese", "kraj", "maa",
    ),
    "sms_consent": (
        "smsconsent", "smsoptin", "consent", "optin", "smspermission", "permission", "marketingconsent",
        "subscribed", "acceptssmsmarketing", "einwilligung", "smseinwilligung", "zustimmung",
        "consentement",
        "consentementsms", "consentimiento", "consenso", "toestemming", "zgoda", "samtycke",
    ),
    "sms_valid": ("smsvalid", "phonevalid", "validphone", "mobilevalid"),
}  # fmt: skip
NAMES: Mapping[str, tuple[str, ...]] = {
    "first_name": (
        "firstname", "givenname", "forename", "vorname", "prenom", "nombre", "voornaam", "fornamn", "imie",
        "etunimi",
    ),
    "last_name": (
        "lastname", "surname", "familyname", "nachname", "familienname", "nomdefamille", "apellido",
        "apellidos", "cognome", "achternaam", "efternamn", "nazwisko", "sukunimi",
    ),
    "name": (
        "name", "fullname", "contactname", "customername", "vollername", "nomcomplet", "nombrecompleto",
    ),
}  # fmt: skip
YES = (
    "yes", "y", "true", "1", "x", "on", "ja", "j", "oui", "si", "sí", "sim", "tak", "wahr", "vrai",
    "opted in", "opt-in", "optin", "subscribed", "kyllä", "da",
)  # fmt: skip
NO = (
    "no", "n", "false", "0", "off", "nein", "non", "não", "nao", "nie", "nej", "nee", "falsch", "faux",
    "opted out", "opt-out", "optout", "unsubscribed", "ei", "ne",
)  # fmt: skip
UNKNOWN = ("unknown", "unbekannt", "inconnu", "desconocido", "?", "-", "n/a", "null")
