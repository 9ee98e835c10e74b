// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/next_step.h"

#include <stdio.h>
#include <string.h>

#include "shared/json.h"

void next_step_print(const json_t *request)
{
    const char *ref = json_text(request, "ref"), *status = json_text(request, "status"), *clock = json_text(request, "clock");
    const char *answer = clock != NULL && strncmp(clock, "appeal", 6) == 0 ? "appeal_answered" : "answered";
    if (strcmp(status, "draft") == 0)
        printf("Next: send it, then type  dsr log %s sent\n", ref);
    else if (strcmp(status, "answer_to_check") == 0)
        printf("Next: check the answer, then type  dsr close %s fulfilled  (or another outcome)\n", ref);
    else if (strcmp(status, "closed") == 0)
        printf("It is closed. `dsr reopen %s` opens it again.\n", ref);
    else if (json_is_true(json_object_get(request, "asked")))
        printf("Next: the vendor has asked you for something; when you have given it, log identity_provided, clarification_provided or fee_paid:\n"
               "      dsr log %s identity_provided\n", ref);
    else if (strcmp(status, "ack_overdue") == 0)
        printf("Next: ask whether the vendor has the request; when it confirms, type  dsr log %s acknowledged\n", ref);
    else if (strcmp(status, "overdue") == 0)
        printf("Next: ask again%s; when the vendor answers, type  dsr log %s %s\n", json_is_true(json_object_get(request, "legal")) ? ", or complain" : "", ref, answer);
    else if (json_text(request, "ack_due") != NULL)
        printf("Next: wait; when the vendor confirms, type  dsr log %s acknowledged ; when it answers,  dsr log %s %s\n", ref, ref, answer);
    else if (clock != NULL)
        printf("Next: wait; when the vendor answers, type  dsr log %s %s\n", ref, answer);
}
