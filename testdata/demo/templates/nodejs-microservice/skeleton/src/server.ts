import { createServer } from "node:http";
import { answer } from "./answer.ts";

const port = Number(process.env.PORT ?? 8080);

const server = createServer((request, response) => {
  const { status, body } = answer(request.method ?? "GET", request.url ?? "/");
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
});

server.listen(port, () => console.log(JSON.stringify({ level: "info", message: "listening", port })));

process.on("SIGTERM", () => server.close());
