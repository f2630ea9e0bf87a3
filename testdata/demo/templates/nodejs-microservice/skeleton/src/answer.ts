export type Answer = { status: number; body: unknown };

/** What the service says to a request; kept apart from the server so that it can be tested alone. */
export function answer(method: string, url: string): Answer {
  if (method !== "GET") return { status: 405, body: { title: "Only GET is understood" } };
  switch (url) {
    case "/":
      return { status: 200, body: { service: "${{ values.name }}" } };
    case "/health":
      return { status: 200, body: { status: "up" } };
    default:
      return { status: 404, body: { title: "No such page" } };
  }
}
