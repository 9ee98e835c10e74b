-- SPDX-License-Identifier: GPL-3.0-or-later
-- Somebody looked today and found it right {vendor, channel (null: every one), source}: what bounced before does not count any more.
-- DS404. For staff and operators; who it was is in the audit log.
CREATE OR REPLACE FUNCTION api.vendor_confirm(p jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, dsr
AS $function$
DECLARE
    this_slug text := dsr.vendor_find(p ->> 'vendor');
BEGIN
    UPDATE dsr.vendor_channel
       SET confirmed_on = dsr.today(), confirmed_source = coalesce(p ->> 'source', confirmed_source), bounces = 0, hard = false
     WHERE library_id = dsr.library() AND vendor = this_slug AND (p ->> 'channel' IS NULL OR channel = p ->> 'channel');
    IF NOT FOUND THEN
        PERFORM dsr.raise_error('404', 'channel', format('%s has no channel%s. %s', this_slug, coalesce(' ' || (p ->> 'channel'), ''),
            coalesce('There are: ' || (SELECT string_agg(channel, ', ' ORDER BY channel) FROM dsr.vendor_channel
                                        WHERE library_id = dsr.library() AND vendor = this_slug) || '.',
                     format('`dsr vendor edit %s` adds one.', this_slug))));
    END IF;
    PERFORM dsr.audit_add('vendor', this_slug, jsonb_build_object('confirmed', coalesce(p ->> 'channel', 'all')));
    RETURN api.vendor_show(this_slug);
END
$function$;

ALTER FUNCTION api.vendor_confirm(jsonb) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION api.vendor_confirm(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.vendor_confirm(jsonb) TO dsrd_api;
