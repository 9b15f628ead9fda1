#!/usr/bin/env bash
# Talk to a running server (make run) over HTTP: examples/rest.sh [http://127.0.0.1:7860]
set -euo pipefail
api="${1:-http://127.0.0.1:7860}/api/v1"

echo "== an answer as JSON"
curl -sSf "$api/ask" --json '{"question": "VTWO의 헬스케어 비중은?"}'

echo; echo "== the same, sentence by sentence as it is checked"
curl -sSfN "$api/ask" --json '{"question": "VTWO의 헬스케어 비중은?"}' -H 'Accept: text/event-stream'

echo "== passages"
curl -sSf -G "$api/search" --data-urlencode "q=floating-rate debt" -d k=2 -d language=en

echo; echo "== add an article, read it, remove it"
place=$(curl -sSf "$api/articles" -F title="Fees to watch" -F text="My note: compare the fees of IWM and VTWO." \
    -o /dev/null -w '%header{location}')
curl -sSf "${api%/api/v1}$place"
curl -sSf -X DELETE "${api%/api/v1}$place"

echo; echo "== what is refused says why, in the language asked for"
curl -sS "$api/articles/nobody" -H 'Accept-Language: ko'
echo
