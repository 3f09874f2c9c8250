-- Sends the requests of a file, each thread its own part of them, over and over.
-- A line is: METHOD TAB path TAB headers as name=value|name=value TAB body.
local threads = {}
local lines, position, step = {}, 1, 1

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function init(args)
  step = tonumber(args[2])
  for line in io.lines(args[1]) do
    local method, path, headers, body = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t?(.*)")
    local named = {}
    for name, value in headers:gmatch("([^=|]+)=([^|]*)") do named[name] = value end
    if body == "" then body = nil end
    table.insert(lines, wrk.format(method, path, named, body))
  end
  position = number
  bad = 0
end

function request()
  local line = lines[position]
  position = position + step
  if position > #lines then position = (position - 1) % #lines + 1 end
  return line
end

function response(status)
  if status >= 400 then bad = bad + 1 end
end

function done(summary, latency, requests)
  local bad = 0
  for _, thread in ipairs(threads) do
    bad = bad + thread:get("bad")
  end
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.3f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f, "wrong": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    bad + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
