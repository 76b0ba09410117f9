#!/usr/bin/env bash
# The example server, driven by curl over the loopback interface: it guards its routes, says why not, takes new images
# in while it runs and survives bad ones. Then nginx stands in front of it and asks it with auth_request.
#
#   tests/server/drive.sh SERVER POLICYC
set -euo pipefail
server=$(realpath "$1")
policyc=$(realpath "$2")
# What is missing leaves the test out, or its part; where CI runs, it fails: what CI says must not rest on what
# happened to be installed.
missing() { # TOOL
  echo "$1 is not installed"
  [ -z "${CI-}" ] || exit 1
}
command -v curl >/dev/null || { missing curl; exit 77; }
work=$(mktemp -d)
cd "$work"
server_pid='' nginx_pid=''
clean() {
  [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
  [ -z "$nginx_pid" ] || kill "$nginx_pid" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap clean EXIT

"$policyc" init . >/dev/null
"$policyc" build . -o wiki.pbc >/dev/null 2>&1
"$policyc" snapshot build sample.yaml --policy . -o wiki.psnap >/dev/null 2>&1
mkfifo port
# It ends by itself, whatever becomes of this script.
"$server" wiki.pbc wiki.psnap 0 60 >port 2>log &
server_pid=$!
read -r port <port
address=http://127.0.0.1:$port

failed=0
expect() { # STATUS BODY CURL-ARGUMENTS...
  local status=$1 body=$2 got
  shift 2
  got=$(curl -s --max-time 5 -o body -w '%{http_code}' "$@") || true
  if [ "$got" != "$status" ] || [ "$(<body)" != "$body" ]; then
    printf 'curl %s\n  got %s %s\n  expected %s %s\n' "$*" "$got" "$(<body)" "$status" "$body"
    failed=1
  fi
}
log_has() { # a line, within five seconds
  local i
  for ((i = 0; i < 50; ++i)); do
    ! grep -qF "$1" log || { : >log; return 0; }
    sleep 0.1
  done
  echo "the server did not say: $1"
  failed=1
}

expect 200 '{"document":"document:plan"}' -H 'X-User: bob' "$address/documents/plan"
expect 403 '{"error":"default"}' -H 'X-User: bob' -X PUT "$address/documents/plan"
expect 200 '{"document":"document:plan"}' -H 'X-User: ann' -X PUT "$address/documents/plan"
expect 403 '{"error":"archived"}' -H 'X-User: lea' -X DELETE "$address/documents/attic"
expect 403 '{"error":"unknown_resource"}' -H 'X-User: lea' "$address/documents/nothing"
expect 403 '{"error":"default"}' -H 'X-User: stranger' "$address/documents/plan"
expect 401 '{"error":"no_user"}' "$address/documents/plan"
# Other spellings of a path are malformed or no routes, and no way around.
for path in /documents/plan/ /documents/../documents/plan /documents/%70lan /documents/ /documents/plan%00 \
  "/documents/$(printf '%0101d' 7)" '/documents/plan?x=1'; do
  expect 400 '{"error":"malformed_path"}' --path-as-is -H 'X-User: bob' "$address$path"
done
for path in //documents/plan / /documents; do
  expect 404 '{"error":"no_such_route"}' --path-as-is -H 'X-User: bob' "$address$path"
done
expect 404 '{"error":"no_such_route"}' -H 'X-User: bob' -X PATCH "$address/documents/plan"
for user in bob:x '*' 'bob mia' "$(printf '%0101d' 7)"; do
  expect 400 '{"error":"malformed_user"}' -H "X-User: $user" "$address/documents/plan"
done
# What is no HTTP, or too much of it, is refused as well.
said=$(printf 'nonsense\r\n\r\n' | timeout 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; cat >&3; head -n 1 <&3" | tr -d '\r')
[ "$said" = 'HTTP/1.1 400 Bad Request' ] || { echo "nonsense is answered with: $said"; failed=1; }
head -c 70000 /dev/zero >large
expect 413 '{"error":"malformed_request"}' -H 'X-User: lea' -X PUT -H 'Expect:' --data-binary @large "$address/documents/plan"
fine='"degraded":false,"since":null'
expect 200 "{\"generation\":1,$fine,\"failed_reloads\":0}" "$address/health"

# Bob becomes a lead.
sed 's/lead: \[lea\], member/lead: [lea, bob], member/' sample.yaml >more.yaml
"$policyc" snapshot build more.yaml --policy . -o wiki.psnap >/dev/null 2>&1
kill -HUP "$server_pid"
log_has reloaded
expect 200 '{"document":"document:plan"}' -H 'X-User: bob' -X PUT "$address/documents/plan"
expect 200 "{\"generation\":2,$fine,\"failed_reloads\":0}" "$address/health"

# A file that is half there changes nothing, and is told.
head -c 100 wiki.psnap >half && mv half wiki.psnap
kill -HUP "$server_pid"
log_has 'the old pair goes on: '
expect 200 '{"document":"document:plan"}' -H 'X-User: bob' -X PUT "$address/documents/plan"
degraded() { # HOW-MANY-FAILURES: since when is told, and stays while it goes on
  curl -s --max-time 5 "$address/health" >body
  grep -qE '^\{"generation":2,"degraded":true,"since":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z","failed_reloads":'"$1"'\}$' body ||
    { echo "health says: $(<body)"; failed=1; }
  since=$(cut -d'"' -f8 body)
}
degraded 1
begin=$since
sleep 1.1
kill -HUP "$server_pid"
log_has 'the old pair goes on: '
degraded 2
[ "$since" = "$begin" ] || { echo "it is degraded since $begin, and says $since"; failed=1; }
"$policyc" snapshot build sample.yaml --policy . -o wiki.psnap >/dev/null 2>&1
kill -HUP "$server_pid"
log_has reloaded
expect 403 '{"error":"default"}' -H 'X-User: bob' -X PUT "$address/documents/plan"
expect 200 "{\"generation\":3,$fine,\"failed_reloads\":2}" "$address/health"

# A constraint that what is served breaks: no image comes of such data, and the old pair goes on until there are others.
"$policyc" snapshot build more.yaml --policy . -o wiki.psnap >/dev/null 2>&1
kill -HUP "$server_pid"
log_has reloaded
echo 'constraint "one lead": at most 1 user is lead on team' >>documents.policy
"$policyc" build . -o wiki.pbc >/dev/null 2>&1
kill -HUP "$server_pid"
log_has 'built for another schema'
cp wiki.psnap before
if "$policyc" snapshot build more.yaml --policy . -o wiki.psnap >/dev/null 2>broken || ! grep -q PC4330 broken || ! cmp -s before wiki.psnap; then
  echo "two leads are taken for one:"
  cat broken
  failed=1
fi
kill -HUP "$server_pid"
log_has 'the old pair goes on: '
expect 200 '{"document":"document:plan"}' -H 'X-User: bob' -X PUT "$address/documents/plan"
"$policyc" snapshot build sample.yaml --policy . -o wiki.psnap >/dev/null 2>&1
kill -HUP "$server_pid"
log_has reloaded
expect 403 '{"error":"default"}' -H 'X-User: bob' -X PUT "$address/documents/plan"
expect 200 "{\"generation\":5,$fine,\"failed_reloads\":4}" "$address/health"

if command -v nginx >/dev/null; then
  mkdir -p site/documents
  echo 'the plan' >site/documents/plan
  front=
  for ((i = 0; i < 20; ++i)); do
    try=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$try") 2>/dev/null && continue
    front=$try
    break
  done
  cat >nginx.conf <<CONF
daemon off;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path $work/body_temp; proxy_temp_path $work/proxy_temp; fastcgi_temp_path $work/fastcgi_temp;
  uwsgi_temp_path $work/uwsgi_temp; scgi_temp_path $work/scgi_temp;
  server {
    listen 127.0.0.1:$front;
    root $work/site;
    location /documents/ { auth_request /auth; }
    location = /auth {
      internal;
      proxy_pass $address/auth;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Original-Method \$request_method;
      # As it was sent: a spelling that the guard doesn't know is no route, whatever nginx would make of it.
      proxy_set_header X-Original-URI \$request_uri;
      proxy_set_header X-User \$http_x_user;
    }
  }
}
CONF
  chmod -R a+rX "$work"
  nginx -c "$work/nginx.conf" -p "$work" -e "$work/nginx.log" &
  nginx_pid=$!
  for ((i = 0; i < 50; ++i)); do
    ! curl -s --max-time 1 -o /dev/null "http://127.0.0.1:$front/" || break
    sleep 0.1
  done
  status() { curl -s --max-time 5 -o body -w '%{http_code}' "$@"; }
  [ "$(status -H 'X-User: bob' "http://127.0.0.1:$front/documents/plan")" = 200 ] && [ "$(<body)" = 'the plan' ] ||
    { echo "nginx keeps the plan from bob"; failed=1; }
  [ "$(status -H 'X-User: eve' "http://127.0.0.1:$front/documents/plan")" = 403 ] ||
    { echo "nginx shows the plan to eve"; failed=1; }
  [ "$(status "http://127.0.0.1:$front/documents/plan")" = 401 ] || { echo "nginx shows the plan to nobody"; failed=1; }
  # What the guard has no route for is an error of the sub-request, and nginx denies.
  [ "$(status --path-as-is -H 'X-User: bob' "http://127.0.0.1:$front/documents/x/../plan")" = 500 ] ||
    { echo "nginx finds a way around"; failed=1; }
  [ "$(status -H 'X-User: bob' "http://127.0.0.1:$front/documents/")" = 500 ] ||
    { echo "nginx lists the folder"; failed=1; }
else
  missing nginx
  echo "the part with nginx was left out"
fi

[ "$failed" -eq 0 ] || { [ ! -e nginx.log ] || sed "s|^|  nginx: |" nginx.log; sed 's/^/  server: /' log; exit 1; }
echo "the server guards its routes"
