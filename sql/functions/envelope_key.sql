-- SPDX-License-Identifier: GPL-3.0-or-later
-- The id of the key that sealed an envelope: its bytes 1 to 4.
CREATE OR REPLACE FUNCTION dsr.envelope_key(p_sealed bytea) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (get_byte(p_sealed, 1)::bigint << 24) + (get_byte(p_sealed, 2) << 16) + (get_byte(p_sealed, 3) << 8) + get_byte(p_sealed, 4);

ALTER FUNCTION dsr.envelope_key(bytea) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.envelope_key(bytea) FROM PUBLIC;
