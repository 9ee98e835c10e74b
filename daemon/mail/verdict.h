// SPDX-License-Identifier: GPL-3.0-or-later
// What became of a mail, from what libcurl and the relay said. Pure.
#ifndef MAIL_VERDICT_H
#define MAIL_VERDICT_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

enum verdict {
    VERDICT_SENT,     // the relay has taken it: three proofs
    VERDICT_RETRY,    // it surely has not; try again later
    VERDICT_FAILED,   // it surely has not, and will not
    VERDICT_IN_DOUBT, // all was handed over, and then the answer did not come
};
const char *verdict_name(enum verdict verdict);

struct outcome_of_transfer {
    CURLcode curl;
    long code;        // the relay's last reply; 0 without
    int64_t uploaded; // bytes of the message that libcurl took
    int64_t size;     // of the message
    bool addressed;   // the relay had taken the sender and was told the recipient: what it says is about this mail
};

// "Sent" needs CURLE_OK, the reply 250 and every byte. A reply 5xx to an address or to the message is final; one that concerns the
// relay itself (greeting, TLS, log-in, the sender it does not like) is its operator's affair and is tried again.
enum verdict verdict_of(const struct outcome_of_transfer *outcome);
// Whether every other mail would fare the same now: the relay is away, or wants nothing of dsrd.
bool verdict_is_of_all_mail(const struct outcome_of_transfer *outcome);
// One sentence for people, without addresses.
const char *verdict_problem(const struct outcome_of_transfer *outcome);

#endif
