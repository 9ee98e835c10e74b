// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/verdict.h"

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"sent", "retry", "failed", "in_doubt"};
    return names[verdict];
}

enum { REPLY_SHUTTING_DOWN = 421 }; // RFC 5321, 3.8: at any moment, and about the relay only

enum verdict verdict_of(const struct outcome_of_transfer *outcome)
{
    bool all = outcome->size > 0 && outcome->uploaded == outcome->size;
    if (outcome->curl == CURLE_OK && outcome->code == 250 && all)
        return VERDICT_SENT;
    if (all)
        // A refusal of the whole message is an answer; silence, a broken connection or nonsense is none (354 is the go-ahead for the data).
        return outcome->code >= 500 && outcome->code < 600   ? VERDICT_FAILED
               : outcome->code >= 400 && outcome->code < 500 ? VERDICT_RETRY
                                                             : VERDICT_IN_DOUBT;
    if (outcome->addressed && outcome->code >= 500 && outcome->code < 600)
        return VERDICT_FAILED;
    return VERDICT_RETRY; // without the final dot no relay takes a message
}

bool verdict_is_of_all_mail(const struct outcome_of_transfer *outcome)
{
    return verdict_of(outcome) == VERDICT_RETRY && outcome->uploaded == 0 &&
           (!outcome->addressed || outcome->code < 400 || outcome->code == REPLY_SHUTTING_DOWN);
}

const char *verdict_problem(const struct outcome_of_transfer *outcome)
{
    switch (verdict_of(outcome)) {
    case VERDICT_SENT: return "";
    case VERDICT_IN_DOUBT: return "The relay took the whole mail but did not confirm it.";
    case VERDICT_FAILED: return outcome->uploaded > 0 ? "The relay refused the mail." : "The relay refused the address.";
    case VERDICT_RETRY: break;
    }
    switch (outcome->curl) {
    case CURLE_LOGIN_DENIED: return "The relay refused the log-in of dsrd.";
    case CURLE_USE_SSL_FAILED: return "The relay offers no encryption, which is required.";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE: return "The relay's certificate cannot be verified.";
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST: return "The relay cannot be reached.";
    case CURLE_OPERATION_TIMEDOUT: return "The relay did not answer in time.";
    default:
        if (!outcome->addressed && outcome->code >= 400)
            return outcome->curl == CURLE_SEND_ERROR ? "The relay refuses the sender address (mail.from)." : "The relay does not serve dsrd now.";
        return outcome->code >= 400 && outcome->code < 500 ? "The relay put the mail off." : "The conversation with the relay broke off.";
    }
}
