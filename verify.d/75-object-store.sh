# object storage: a run that is killed and lost goes on from its copies on a real S3 service, with the same bytes
[ -x .venv/bin/moto_server ] || skip "no S3 service to copy to: ./verify --install makes one (moto) in .venv"
./planloop --version

port=$((21000 + RANDOM % 8000))
endpoint=http://127.0.0.1:$port
place=(--object-store s3://copies/checks --object-store-endpoint "$endpoint")
store=(--endpoint "$endpoint")
mkfifo "$VERIFY_TMP/service"
.venv/bin/python -B verify.d/object-store/service.py "$port" "$VERIFY_TMP/credentials" <"$VERIFY_TMP/service" &
service=$!
exec 7>"$VERIFY_TMP/service"
run=
# shellcheck disable=SC2064 # now, not later
trap 'exec 7>&-; [ -z "$run" ] || kill -9 "$run" 2>/dev/null; kill "$service" 2>/dev/null; wait "$service" 2>/dev/null || true' EXIT
for _ in {1..300}; do [ -f "$VERIFY_TMP/credentials" ] || sleep 0.2; done
[ -f "$VERIFY_TMP/credentials" ] || die "moto's server did not start"
# Whatever this machine has of its own must not be used.
export AWS_SHARED_CREDENTIALS_FILE=$VERIFY_TMP/none AWS_CONFIG_FILE=$VERIFY_TMP/none
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE

refuses() { # refuses PATTERN ARGUMENTS...: exit code 2, one line, nothing of a credential in it
  local pattern=$1 code=0 text
  shift
  text=$(./planloop "$@" 2>&1 >/dev/null) || code=$?
  [ "$code" -eq 2 ] || die "exit code $code instead of 2: planloop $* said: $text"
  grep -qE -- "$pattern" <<<"$text" || die "expected /$pattern/: planloop $* said: $text"
  ! grep -q "${AWS_SECRET_ACCESS_KEY:-no secret}" <<<"$text" || die "a secret is said aloud: $text"
  printf 'ok: %s\n' "$(head -n 1 <<<"$text")"
}

never=$VERIFY_TMP/never
refuses 'there are no credentials; set AWS_ACCESS_KEY_ID' train counterexample --out "$never" "${place[@]}"
AWS_ACCESS_KEY_ID=unknown AWS_SECRET_ACCESS_KEY=unknown refuses 'access is refused \(InvalidAccessKeyId\)' train counterexample --out "$never" "${place[@]}"
# shellcheck source=/dev/null
. "$VERIFY_TMP/credentials"
AWS_SECRET_ACCESS_KEY=wrong refuses 'access is refused \(SignatureDoesNotMatch\)' train counterexample --out "$never" "${place[@]}"
refuses 's3://missing .*there is no such bucket' train counterexample --out "$never" --object-store s3://missing/x --object-store-endpoint "$endpoint"
refuses "the host's name is not known" train counterexample --out "$never" --object-store s3://copies/x --object-store-endpoint https://store.invalid
refuses 'no answer' train counterexample --out "$never" --object-store s3://copies/x --object-store-endpoint http://127.0.0.1:9
refuses 'object-store-plain' train counterexample --out "$never" --object-store s3://copies/x --object-store-endpoint http://store.invalid
[ ! -e "$never" ] || die "a refused command wrote $never"

experiment=(helicopter-hover --seed 3 --set campaign.iterations=400 --set campaign.keep-iterations=5 --set replay.segment-bytes=65536 --set replay.shards=2)
rows() { [ -f "$1/progress.csv" ] && tail -n +2 "$1/progress.csv" | wc -l || echo 0; }
await_rows() { # await_rows RUN COUNT: until the run has so many rows
  local _
  for _ in {1..600}; do [ "$(rows "$1")" -ge "$2" ] && return; sleep 0.1; done
  die "$1 has $(rows "$1") rows after a minute, and not $2"
}

await_line() { # await_line PATTERN MESSAGE: until the run has said so
  local _
  for _ in {1..900}; do ! grep -qE "$1" "$VERIFY_TMP/lost.log" || return 0; sleep 0.1; done
  die "$2; the run said: $(tail -n 20 "$VERIFY_TMP/lost.log")"
}

./planloop train "${experiment[@]}" --out "$VERIFY_TMP/undisturbed" >/dev/null 2>&1
./planloop train "${experiment[@]}" --out "$VERIFY_TMP/lost" "${place[@]}" >"$VERIFY_TMP/lost.log" 2>&1 &
run=$!
await_rows "$VERIFY_TMP/lost" 5
echo down >&7
await_line 'not copied to the object store, it is tried again: .*no answer' "the outage was not said"
echo up >&7
await_line 'are well again' "the copies did not catch up"
[ "$(rows "$VERIFY_TMP/lost")" -lt 400 ] || die "the run was over before it was killed"
kill -9 "$run"
wait "$run" 2>/dev/null || true
run=
grep -E 'copied to|object store' "$VERIFY_TMP/lost.log"
rm -rf "$VERIFY_TMP/lost"

url=$(sed -n 's/^copied to: //p' "$VERIFY_TMP/lost.log")
./planloop restore s3://copies/checks --list "${store[@]}"
time ./planloop restore "$url" --out "$VERIFY_TMP/restored" "${store[@]}"
./planloop restore "$url" --out "$VERIFY_TMP/shards" --shards 3 "${store[@]}"
grep -x '  shards = 3' "$VERIFY_TMP/shards/config.conf"
./planloop train --resume "$VERIFY_TMP/restored" "${place[@]}" >"$VERIFY_TMP/resumed.log" 2>&1
./planloop train --resume "$VERIFY_TMP/shards" >>"$VERIFY_TMP/resumed.log" 2>&1
grep -E 'going on after' "$VERIFY_TMP/resumed.log"
for gone_on in restored shards; do
  for file in policy.json model.safetensors selection.json; do
    cmp "$VERIFY_TMP/undisturbed/best/$file" "$VERIFY_TMP/$gone_on/best/$file"
  done
done
echo "ok: the best policy is that of the undisturbed run, to the byte, with 2 shards and with 3"
./planloop restore "$url" --out "$VERIFY_TMP/finished" "${store[@]}" | grep 'the run is finished'
diff -r -x id -x .lock -x .copied -x state -x replay "$VERIFY_TMP/restored" "$VERIFY_TMP/finished"

# A run that was not copied while it ran.
refuses 'say where to copy to' copy "$VERIFY_TMP/undisturbed"
later=$(./planloop copy "$VERIFY_TMP/undisturbed" --object-store s3://copies/later --object-store-endpoint "$endpoint" | sed -n 's/.*copied to: //p')
./planloop restore "$later" --out "$VERIFY_TMP/later" "${store[@]}" | grep 'the run is finished'
diff -r -x id -x .lock -x .copied -x state -x replay "$VERIFY_TMP/undisturbed" "$VERIFY_TMP/later"

# With a token instead of a key, as pods have it: the token service takes who has no key yet, and the store checks the keys that it gives.
(
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  export AWS_ROLE_ARN=arn:aws:iam::123456789012:role/robots AWS_WEB_IDENTITY_TOKEN_FILE=$VERIFY_TMP/token AWS_ENDPOINT_URL_STS=http://127.0.0.1:$((port + 1))
  refuses 'AWS_WEB_IDENTITY_TOKEN_FILE: the token cannot be read' restore s3://copies/checks --list "${store[@]}"
  printf 'a token' >"$AWS_WEB_IDENTITY_TOKEN_FILE"
  python3 -c 'import sys, urllib.request as web
web.urlopen(web.Request(sys.argv[1] + "/moto-api/reset-auth", data=b"1", headers={"Content-Type": "text/plain"}))' "$AWS_ENDPOINT_URL_STS"
  ./planloop restore s3://copies/checks --list "${store[@]}"
)

damaged=$(.venv/bin/python -B - "$endpoint" <<'PYTHON'
import boto3, sys
s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1")
page = s3.list_objects_v2(Bucket="copies", Prefix="checks/")["Contents"]
key = max((o["Key"] for o in page if "/files/" in o["Key"]), key=lambda k: next(o["Size"] for o in page if o["Key"] == k))
body = bytearray(s3.get_object(Bucket="copies", Key=key)["Body"].read())
body[len(body) // 2] ^= 1
s3.put_object(Bucket="copies", Key=key, Body=bytes(body))
print(key)
PYTHON
)
refuses "$damaged, a part of .*is damaged: its SHA-256 is not its name; nothing was restored" restore "$url" --out "$never" "${store[@]}"
[ ! -e "$never" ] || die "a damaged object left $never"
