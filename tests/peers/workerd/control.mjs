// Sends the worker a scheduled event: GET /?cron=...&time=... answers with its outcome.
export default {
  async fetch(request, env) {
    const query = new URL(request.url).searchParams;
    const scheduledTime = new Date(Number(query.get("time")));
    const result = await env.WORKER.scheduled({ cron: query.get("cron"), scheduledTime });
    return new Response(result.outcome);
  },
};
