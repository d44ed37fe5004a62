// A KV namespace in memory, behind the HTTP requests into which workerd turns a KV binding.
const entries = new Map();

const now = () => Date.now() / 1000;

function live(key) {
  const entry = entries.get(key);
  if (entry?.expiration <= now()) entries.delete(key);
  return entries.get(key);
}

function get(key) {
  const entry = live(key);
  if (entry === undefined) return new Response(null, { status: 404 });
  const headers = entry.metadata === null ? {} : { "CF-KV-Metadata": entry.metadata };
  return new Response(entry.value, { headers });
}

async function put(key, request, query) {
  const ttl = query.get("expiration_ttl");
  const expiration = ttl === null ? Number(query.get("expiration")) : now() + Number(ttl);
  if (ttl !== null && Number(ttl) < 60) {
    return new Response(`Invalid expiration_ttl of ${ttl}`, { status: 400 });
  }
  entries.set(key, {
    value: await request.arrayBuffer(),
    metadata: request.headers.get("CF-KV-Metadata"),
    expiration: expiration ? Math.floor(expiration) : undefined,
  });
  return new Response(null);
}

function list(query) {
  const limit = Number(query.get("key_count_limit") ?? 1000);
  const prefix = query.get("prefix") ?? "";
  const after = query.get("cursor") ? atob(query.get("cursor")) : "";
  const names = [...entries.keys()].filter(
    (name) => live(name) && name.startsWith(prefix) && name > after,
  );
  const keys = names.sort().slice(0, limit).map((name) => {
    const { expiration, metadata } = entries.get(name);
    return { name, expiration, metadata: metadata === null ? undefined : JSON.parse(metadata) };
  });
  const complete = keys.length === names.length;
  const cursor = complete ? undefined : btoa(keys.at(-1).name);
  return Response.json({ keys, list_complete: complete, cursor });
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const key = decodeURIComponent(url.pathname.slice(1));
    if (request.method === "PUT") return put(key, request, url.searchParams);
    if (request.method === "DELETE") {
      entries.delete(key);
      return new Response(null);
    }
    return key === "" ? list(url.searchParams) : get(key);
  },
};
