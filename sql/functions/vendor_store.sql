-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes a vendor document, the names it is found by, the domains it answers from and the rows of its channels. What was learned of a channel stays as long as its
-- address does.
CREATE OR REPLACE FUNCTION dsr.vendor_store(p_doc jsonb, p_edited boolean) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    this_slug text := p_doc ->> 'slug';
BEGIN
    INSERT INTO dsr.vendor (library_id, slug, name, parent, doc, edited)
    VALUES (dsr.library(), this_slug, p_doc ->> 'name', p_doc ->> 'parent', p_doc, p_edited)
    ON CONFLICT (library_id, slug) DO UPDATE
       SET name = excluded.name, parent = excluded.parent, doc = excluded.doc, edited = excluded.edited, updated_at = clock_timestamp();
    PERFORM dsr.vendor_names_put(this_slug);
    DELETE FROM dsr.vendor_domain WHERE library_id = dsr.library() AND vendor = this_slug;
    INSERT INTO dsr.vendor_domain (library_id, domain, vendor)
    SELECT dsr.library(), domain, this_slug FROM unnest(dsr.vendor_domains(p_doc)) AS domain WHERE char_length(domain) <= 253;
    DELETE FROM dsr.vendor_channel WHERE library_id = dsr.library() AND vendor = this_slug
       AND channel NOT IN (SELECT c ->> 'id' FROM jsonb_array_elements(p_doc -> 'channels') AS c);
    INSERT INTO dsr.vendor_channel AS old (library_id, vendor, channel, address_mark, seen_on)
    SELECT dsr.library(), this_slug, c ->> 'id', md5(concat(c ->> 'kind', ' ', c ->> 'address')), (c ->> 'date_seen')::date
      FROM jsonb_array_elements(p_doc -> 'channels') AS c
    ON CONFLICT (library_id, vendor, channel) DO UPDATE SET address_mark = excluded.address_mark, seen_on = excluded.seen_on,
       (proven_on, confirmed_on, confirmed_source, bounced_on, bounces, hard) =
           (SELECT old.proven_on, old.confirmed_on, old.confirmed_source, old.bounced_on, old.bounces, old.hard
             WHERE old.address_mark = excluded.address_mark UNION ALL
            SELECT NULL, NULL, NULL, NULL, 0::smallint, false WHERE old.address_mark <> excluded.address_mark);
END
$function$;

ALTER FUNCTION dsr.vendor_store(jsonb, boolean) OWNER TO dsrd_owner;
REVOKE ALL ON FUNCTION dsr.vendor_store(jsonb, boolean) FROM PUBLIC;
