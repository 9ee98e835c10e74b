-- SPDX-License-Identifier: GPL-3.0-or-later
-- The vendor that `parent` of a document means: a slug, name or brand of exactly one; null when it is only a text.
CREATE OR REPLACE FUNCTION dsr.vendor_parent(p_parent text) RETURNS text
    LANGUAGE sql STABLE
AS $function$
SELECT min(coalesce(v.merged_into, v.slug)::text)
  FROM dsr.vendor_name n JOIN dsr.vendor v ON v.library_id = n.library_id AND v.slug = n.slug
 WHERE n.library_id = dsr.library() AND n.folded_name = lower(p_parent)
HAVING count(DISTINCT coalesce(v.merged_into, v.slug)) = 1
$function$;

ALTER FUNCTION dsr.vendor_parent(text) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_parent(text) FROM PUBLIC;
