-- wrk -s wrk.lua URL -- BODY_FILE PAUSE_MS: posts the file, ends with one line of JSON.
-- The lines of a file *.jsonl are posted in turn, from a random one on.
-- There is no `response` function: a Lua call per answer would cost much of the generator's core.
function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if args[1]:sub(-6) == ".jsonl" then
    post_lines(file)
  else
    wrk.body = file:read("*a")
  end
  file:close()
  if tonumber(args[2]) > 0 then
    pause(tonumber(args[2]))
  end
end

function post_lines(file)
  local requests = {}
  for line in file:lines() do
    requests[#requests + 1] = wrk.format(nil, nil, nil, line)
  end
  math.randomseed(os.time())
  local at = math.random(#requests)
  function request()
    at = at % #requests + 1
    return requests[at]
  end
end

function pause(mean_ms)
  function delay()
    return math.floor(0.5 - mean_ms * math.log(1 - math.random()))
  end
end

function done(summary, latency)
  local errors = summary.errors
  local figures = {
    requests = summary.requests,
    duration_us = summary.duration,
    refused = errors.status,
    broken = errors.connect + errors.read + errors.write,
    timed_out = errors.timeout,
    p50_us = latency:percentile(50),
    p99_us = latency:percentile(99),
    p999_us = latency:percentile(99.9),
  }
  local parts = {}
  for name, value in pairs(figures) do
    parts[#parts + 1] = string.format('"%s": %.0f', name, value)
  end
  print("\n{" .. table.concat(parts, ", ") .. "}")
end
