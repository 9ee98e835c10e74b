// SPDX-License-Identifier: GPL-3.0-or-later
// libc calls that lose bounds, locale or thread safety do not compile.
// The Makefile puts this in front of every file of ours (-include), so that nobody can forget it.
#ifndef SHARED_BANNED_H
#define SHARED_BANNED_H

// The headers come first: a macro must not reach into their declarations.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(function, use) banned_##function##_use_##use##_instead

#undef strcpy
#define strcpy(...) BANNED(strcpy, memcpy_or_snprintf)
#undef strcat
#define strcat(...) BANNED(strcat, text_append)
#undef strncpy
#define strncpy(...) BANNED(strncpy, snprintf)
#undef strncat
#define strncat(...) BANNED(strncat, text_append)
#undef stpcpy
#define stpcpy(...) BANNED(stpcpy, text_append)
#undef sprintf
#define sprintf(...) BANNED(sprintf, snprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, vsnprintf)
#undef strtok
#define strtok(...) BANNED(strtok, strtok_r)
#undef gets
#define gets(...) BANNED(gets, getline)
#undef atoi
#define atoi(...) BANNED(atoi, text_to_integer)
#undef atol
#define atol(...) BANNED(atol, text_to_integer)
#undef atoll
#define atoll(...) BANNED(atoll, text_to_integer)
#undef localtime
#define localtime(...) BANNED(localtime, localtime_r)
#undef gmtime
#define gmtime(...) BANNED(gmtime, gmtime_r)
#undef ctime
#define ctime(...) BANNED(ctime, strftime)
#undef asctime
#define asctime(...) BANNED(asctime, strftime)
#undef system
#define system(...) BANNED(system, posix_spawn)
#undef tmpnam
#define tmpnam(...) BANNED(tmpnam, mkstemp)
#undef mktemp
#define mktemp(...) BANNED(mktemp, mkstemp)

#endif
