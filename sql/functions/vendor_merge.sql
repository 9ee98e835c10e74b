-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records that a vendor was taken over {name (its slug), vendor (by whom; null: takes that back)}. Its requests stay with it, for what was sent
-- and counted was for it; new ones go to the other. One that was only ever a name, from an import, goes when it is taken back.
-- DS404, DS422. For staff and operators.
CREATE OR REPLACE FUNCTION api.vendor_merge(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    old dsr.vendor;
BEGIN
    SELECT * INTO old FROM dsr.vendor WHERE library_id = dsr.library() AND slug = lower(p ->> 'name') FOR UPDATE;
    IF old.slug IS NULL THEN
        SELECT * INTO old FROM dsr.vendor WHERE library_id = dsr.library() AND slug = dsr.vendor_find(p ->> 'name') FOR UPDATE;
    END IF;
    IF p ->> 'vendor' IS NOT NULL THEN
        IF dsr.vendor_merge_into(old.slug, dsr.vendor_find(p ->> 'vendor')) THEN
            PERFORM dsr.audit_add('vendor', old.slug, jsonb_build_object('merged_into', dsr.vendor_find(p ->> 'vendor')));
        END IF;
        RETURN api.vendor_show(old.slug);
    ELSIF old.merged_into IS NULL AND old.slug <> lower(p ->> 'name') THEN -- a name, of a vendor that was taken over or of who took it over
        PERFORM dsr.raise_error('422', 'name', format('%s is a name of %s, which nobody took over: say the short name of the one that was; '
            '`dsr vendor list --merged` shows them.', p ->> 'name', old.slug));
    ELSIF old.merged_into IS NULL THEN
        RETURN api.vendor_show(old.slug);
    END IF;
    PERFORM dsr.audit_add('vendor', old.slug, jsonb_build_object('not_merged_into', old.merged_into));
    IF jsonb_array_length(old.doc -> 'establishments') = 0
       AND NOT EXISTS (SELECT FROM dsr.request WHERE library_id = old.library_id AND vendor = old.slug)
       AND NOT EXISTS (SELECT FROM dsr.hold_target WHERE library_id = old.library_id AND vendor = old.slug) THEN
        DELETE FROM dsr.vendor WHERE library_id = old.library_id AND slug = old.slug;
        RETURN api.vendor_show(old.merged_into);
    END IF;
    UPDATE dsr.vendor SET merged_into = NULL, merged_on = NULL, updated_at = clock_timestamp() WHERE library_id = old.library_id AND slug = old.slug;
    RETURN api.vendor_show(old.slug);
END
$function$;

ALTER FUNCTION api.vendor_merge(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_merge(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_merge(jsonb) TO dsrd_api;
