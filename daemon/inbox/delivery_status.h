// SPDX-License-Identifier: GPL-3.0-or-later
// The part message/delivery-status of a bounce (RFC 3464): one block of fields a recipient. Pure.
#ifndef INBOX_DELIVERY_STATUS_H
#define INBOX_DELIVERY_STATUS_H

#include "inbox/reply.h"

// Adds each recipient's action, status and diagnosis to the reply. Text of any kind is taken; what is no field is passed over.
void delivery_status_read(struct reply *reply, const char *text);

#endif
