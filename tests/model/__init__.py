# SPDX-License-Identifier: GPL-3.0-or-later
"""The law engine a second time; see README.md."""
