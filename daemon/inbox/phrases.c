// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/phrases.h"

#include <string.h>

static const struct {
    const char *from, *to;
} plain[] = {
    {"\xe2\x80\x99", "'"}, {"\xe2\x80\x98", "'"}, {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""}, {"\xc2\xa0", " "}, {"\xe2\x80\x93", "-"}, {"\xe2\x80\x94", "-"},
};

// A Latin-1 or basic Cyrillic capital; everything else stays.
static void append_lower(const char *bytes, size_t size, struct text *out)
{
    unsigned char first = (unsigned char)bytes[0], second = size > 1 ? (unsigned char)bytes[1] : 0;
    if (size == 1 && first >= 'A' && first <= 'Z') {
        text_append_char(out, (char)(first - 'A' + 'a'));
    } else if (size == 2 && first == 0xC3 && second >= 0x80 && second <= 0x9E && second != 0x97) {
        text_append_char(out, (char)0xC3);
        text_append_char(out, (char)(second + 0x20));
    } else if (size == 2 && first == 0xD0 && second >= 0x90 && second <= 0x9F) {
        text_append_char(out, (char)0xD0);
        text_append_char(out, (char)(second + 0x20));
    } else if (size == 2 && first == 0xD0 && second >= 0xA0 && second <= 0xAF) {
        text_append_char(out, (char)0xD1);
        text_append_char(out, (char)(second - 0x20));
    } else {
        text_append_bytes(out, bytes, size);
    }
}

void phrases_fold(const char *text, struct text *out)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        size_t size = text_utf8_character(text + i, length - i);
        const char *bytes = text + i;
        size = size == 0 ? 1 : size;
        i += size;
        for (size_t j = 0; j < sizeof plain / sizeof plain[0]; j++)
            if (strlen(plain[j].from) == size && memcmp(plain[j].from, bytes, size) == 0) {
                bytes = plain[j].to;
                size = 1;
                break;
            }
        if (size == 1 && strchr(" \t\r\n", bytes[0]) != NULL) {
            if (out->length > 0 && out->text[out->length - 1] != ' ')
                text_append_char(out, ' ');
        } else {
            append_lower(bytes, size, out);
        }
    }
}

bool phrases_hold(const char *folded, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strstr(folded, *list) != NULL)
            return true;
    return false;
}

const char *const phrases_gone[] = {
    "user unknown", "unknown user", "no such user", "user not found", "no such mailbox", "mailbox not found", "mailbox does not exist",
    "mailbox doesn't exist", "no mailbox here by that name", "no such recipient", "recipient not found", "unknown recipient", "recipient unknown",
    "invalid recipient", "address unknown", "unknown address", "address does not exist", "address doesn't exist", "account does not exist",
    "account that you tried to reach does not exist", "user does not exist", "user doesn't exist", "recipient does not exist", "recipient doesn't exist",
    "does not exist at", "doesn't have a", "address not found", "user not exist", "couldn't find a mail exchanger", "no mail exchanger", "user is unknown", "addresses were unknown", "not a known user", "not a valid mailbox", "not a valid recipient", "not our user", "not our customer",
    "no longer on server", "no longer valid", "no longer available", "has been deleted", "no account by that name", "no user by that name",
    "unknown local part", "unknown local-part", "addressee unknown", "user not listed", "not listed in", "name is not recognized",
    "could not be found at", "wasn't found at", "couldn't be found", "not found in directory", "user invalid", "invalid user", "invalid mailbox",
    "invalid address", "bad destination mailbox", "unrouteable address", "unroutable address", "unrouteable mail domain", "mailbox is unknown",
    "unknown mailbox", "no person with that name", "unknown account", "no such person", "no such address", "no such account", "no such email",
    "host unknown", "unknown host", "host not found", "no such host", "no such domain", "domain not found", "invalid domain", "unknown domain", "domain unknown",
    "domain does not exist", "domain doesn't exist", "name or service not known", "nullmx", "null mx", "no mx record", "no smtp service",
    "does not accept mail", "doesn't accept mail", "has moved to", "recipnotfound", "resolver.adr", "adresse inconnue",
    "adresse d au moins un destinataire invalide", "utilisateur inconnu", "unbekannter empf", "empfänger unbekannt", "existiert nicht", "usuario desconocido",
    "no existe", "recipient address rejected: access denied", "cannot find the recipient", "user account not found", "not a local user", "lookup failure: host", "見つかりません", "存在しません",
    "bouncetype\\\":\\\"permanent", NULL};

const char *const phrases_other_trouble[] = {
    "mailbox full", "mailbox is full", "mailbox for user is full", "over quota", "overquota", "quota exceeded", "exceeded storage", "exceeds allowed size",
    "out of space", "insufficient storage", "inbox is full", "too large", "too big", "exceeds the", "maximum size", "blacklist", "block list", "blocklist", "blocked",
    "spam", "virus", "policy", "dmarc", "spf", "dkim", "unauthenticated", "authenticat", "reverse dns", "ptr", "reputation", "greylist", "graylist",
    "try again", "try later", "temporar", "timed out", "timeout", "connection refused", "too many", "rate limit", "frequency limit", "at a rate", "relay",
    "sender address rejected", "sender rejected", "sender address verification", "domain of sender", "from address", "mail from", "return-path",
    "disabled", "suspended", "inactive", "account is locked", "not permitted", "not authorized", "not allowed", "permission", "loop", "hop count", "syntax",
    "helo", "ehlo", "content rejected", "message rejected", "listed in rbl", "listed at", "listed by", "client host", "does not like recipient",
    "ip address", "sender domain", "sending", "your server", "your host", "your ip", "compte du destinataire est bloque", "system config error", "malformed", NULL};

const char *const phrases_failure_subject[] = {
    "undeliver", "delivery status notification", "delivery failure", "delivery failed", "delivery has failed", "failure notice", "returned mail",
    "returning message", "mail delivery fail", "mail failure", "delivery error", "delivery problem", "non-deliver", "mail system error", "could not be delivered",
    "error sending your mail", "message delivery", "not delivered", "unzustellbar", "nicht zugestellt", "échec de la remise", "échec de remise", "non remis",
    "no se puede entregar", "no se ha podido entregar", "no entregado", "impossibile recapitare", "mancato recapito", "onbestelbaar", "não entregue",
    "недоставленн", "не доставлено", "メールエラー", "送信できません", "配信不能", "mail error", NULL};

const char *const phrases_failure_text[] = {
    "could not be delivered", "wasn't able to deliver", "unable to deliver", "was not delivered", "not been delivered", "not delivered", "error delivering your mail",
    "delivery to the following", "delivery failed", "delivery has failed", "did not reach the following", "did not reach some or all", "trouble delivering",
    "problem delivering", "permanent error", "permanent failure", "undeliverable", "failed permanently", "failed to deliver", "couldn't be delivered",
    "error has occurred while attempting to deliver", "error occurred while trying to deliver", "an error occurred while", "unknown user:", "user mailbox exceeds",
    "не может быть доставлено", "送信できませんでした", "送信に失敗", "nicht zugestellt werden", "n'a pas pu être remis", "no se pudo entregar", "bouncetype",
    "transcript of session follows", "failure reasons", NULL};

const char *const phrases_delay[] = {
    "delayed", "delivery status notification (delay)", "still being retried", "warning message only", "do not need to resend", "will be retried",
    "will continue to try", "has not yet been delivered", "delivery attempts will continue", "verzögert", "en cours de remise", NULL};

const char *const phrases_absent[] = {
    "out of office", "out of the office", "out-of-office", "ooo:", "on vacation", "on leave", "annual leave", "maternity leave", "parental leave", "on holiday",
    "away from my desk", "away from the office", "i am away", "i'm away", "currently away", "i will be back", "i will return", "limited access to e-mail",
    "limited access to email", "abwesenheit", "außer haus", "nicht im büro", "im urlaub", "absence du bureau", "absent du bureau", "en congé", "je suis absent",
    "fuera de la oficina", "ausente de la oficina", "de vacaciones", "fuori ufficio", "in ferie", "afwezig", "fora do escritório", "de férias", "poza biurem", NULL};

const char *const phrases_automatic[] = {
    "auto reply", "auto-reply", "autoreply", "automatic reply", "automated reply", "auto response", "auto-response", "autoresponse", "automatic response",
    "automated response", "automatische antwort", "réponse automatique", "respuesta automática", "risposta automatica", "automatisch antwoord",
    "resposta automática", "do not reply to this", "this is an automated", "this is an automatic", "automatically generated", "autosvar", NULL};

const char *const phrases_received[] = {
    "received your request", "received your email", "received your e-mail", "received your message", "received your inquiry", "received your enquiry", "received your privacy",
    "received your data", "receipt of your request", "receipt of your email", "receipt of your message", "acknowledge receipt", "acknowledges receipt",
    "acknowledge your request", "confirm receipt", "confirm that we have received", "request has been received", "request was received", "message has been received",
    "email has been received", "inquiry has been received", "your ticket", "ticket number", "ticket id", "case number", "case has been", "has been assigned",
    "been logged", "request (#", "thank you for your request", "ihre anfrage erhalten", "ihre anfrage ist bei uns eingegangen", "eingang ihrer", "eingangsbestätigung",
    "bien reçu votre", "accusons réception", "accusé de réception", "hemos recibido su", "acuse de recibo", "abbiamo ricevuto", "uw verzoek ontvangen",
    "uw bericht ontvangen", "recebemos o seu", "recebemos a sua", NULL};

const char *const phrases_identity[] = {
    "need to verify your identity", "must verify your identity", "please verify your identity", "to verify your identity, please", "unable to verify your identity",
    "could not verify your identity", "cannot verify your identity", "verify that you are", "proof of identity", "proof of your identity", "confirm your identity",
    "copy of your id", "copy of a government", "government-issued id", "government issued id", "copy of your passport", "copy of your driver", "photo id", "identity verification",
    "identitätsnachweis", "ihre identität", "kopie ihres ausweises", "vérifier votre identité", "justificatif d'identité", "pièce d'identité", "verificar su identidad",
    "documento de identidad", "verificare la sua identità", "documento d'identità", "uw identiteit", "verificar a sua identidade", NULL};

const char *const phrases_extension[] = {
    "extending the", "we are extending", "have extended", "will be extending", "extension of the", "an extension of", "need additional time", "need more time", "require additional time",
    "require more time", "requires additional time", "additional 45 days", "additional forty-five", "further 45 days", "additional 30 days", "additional thirty",
    "additional two months", "two further months", "further two months", "additional 60 days", "additional 90 days", "frist verlänger", "verlängern die frist",
    "fristverlängerung", "prolonger le délai", "prolongation du délai", "délai supplémentaire", "prorrogar el plazo", "ampliar el plazo", "prórroga",
    "prorogare il termine", "proroga di", "termijn verleng", "verlengen de termijn", "prorrogar o prazo", NULL};

const char *const phrases_referred[] = {
    "we act as a processor", "acts as a processor", "as a data processor", "we are a processor", "we are a service provider", "as a service provider", "on behalf of our customer",
    "on behalf of your library", "contact your library", "contact the library", "refer you to your library", "refer you to the library", "direct your request to your",
    "direct your request to the", "your institution directly", "contact your institution", "we are not the controller", "not the data controller", "auftragsverarbeiter",
    "an ihre bibliothek", "sous-traitant", "votre bibliothèque", "encargado del tratamiento", "su biblioteca", "responsabile del trattamento", "uw bibliotheek", NULL};

const char *const phrases_refused[] = {
    "unable to comply", "unable to fulfill", "unable to fulfil", "unable to honor", "unable to process your request", "cannot comply", "cannot fulfill", "decline your request",
    "we decline", "must decline", "deny your request", "denying your request", "been denied", "request is denied", "refuse your request", "not entitled to",
    "do not qualify", "does not apply to", "only to california residents", "only available to residents", "not required to", "ablehnen müssen", "abgelehnt", "nicht entsprechen",
    "ne pouvons pas donner suite", "refusons", "no podemos atender", "denegad", "non possiamo dar seguito", "rifiutat", "niet voldoen aan uw verzoek", NULL};

const char *const phrases_answered[] = {
    "have deleted", "has been deleted", "have been deleted", "been erased", "have erased", "deletion is complete", "request has been completed", "request is complete",
    "have completed your", "completed your request", "has been fulfilled", "have fulfilled", "attached is a copy", "attached you will find", "please find attached",
    "find attached", "copy of your personal data", "copy of your data", "your data is ready", "report is ready", "ready to download", "ready for download",
    "download your data", "do not hold any", "do not have any", "did not find any", "found no ", "no records", "no personal data", "no personal information",
    "have opted you out", "been opted out", "have corrected", "been corrected", "haben ihre daten gelöscht", "wurden gelöscht", "anbei erhalten", "im anhang",
    "avons supprimé", "ont été supprimées", "ci-joint", "pièce jointe", "hemos eliminado", "han sido eliminados", "adjuntamos", "abbiamo cancellato",
    "in allegato", "hebben uw gegevens verwijderd", "bijgevoegd", "em anexo", NULL};

const char *const phrases_clarification[] = {
    "please clarify", "clarify your request", "clarification", "please specify", "could you specify", "more information about your request", "more details about your request",
    "additional information to process", "additional information in order", "what information are you", "please provide more", "please provide additional", "bitte präzisieren",
    "veuillez préciser", "rogamos que aclare", "la preghiamo di precisare", "graag verduidelijken", NULL};

const char *const phrases_fee[] = {
    "a fee of", "processing fee", "administrative fee", "reasonable fee", "charge a fee", "eine gebühr", "frais de", "una tasa de", NULL};
