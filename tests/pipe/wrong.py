"""Children that do wrong: each ends its run with a status and a sentence,
leaves a sealed log and nothing that still runs."""
import os
import re
import sys
import time

from pipetest import ACME, Home, Tally

READY = """read -r l; echo '{"type":"ready","data":{}}'; """
# Answers lines: $n is the number of the tick.
LOOP = READY + """n=0; while read -r l; do case $l in
'{"type":"tick"'*) n=$((n + 1)); %s
echo '{"type":"tick_ack","data":{"sequence_id":'$n'}}' ;; esac; done; %s"""
ORDER = ('echo \'{"type":"order_batch","data":{"orders":[{"order_id":"a",'
         '"symbol":"ACME","side":"buy"%s}]}}\'')


def at(n, what):
    return LOOP % ("[ $n != %d ] || { %s; }" % (n, what), "")


# How long a child may take, as SOON in the rows: to be patient costs time, so a
# row is tried again with more only where a busy machine made another step late.
SOON = "300ms"
PATIENCE = (300, 3000, 30000)

# name, command, options, status, what the sentence holds
CHILDREN = [
    ("ends before hello is answered", "exit 1", [], 83,
     "before the first step the strategy's process ended with exit status 1"),
    ("is no program", "no-such-program-of-ours", [], 83, "exit status 127"),
    ("is empty", "   ", [], 64, "the command of the strategy is empty"),
    ("writes garbage", "echo hello; cat", [], 83,
     'wrote "hello": JSON is wrong at column'),
    ("writes a number", "echo 42; cat", [], 83,
     'wrote "42": the line has no type'),
    ("writes no type", "echo '{\"data\":{}}'; cat", [], 83, "has no type"),
    ("writes bytes that are no text", "printf '\\377\\376\\n'; cat", [], 83,
     'wrote ".*": JSON is wrong'),
    ("writes a key twice", "echo '{\"type\":\"ready\",\"type\":\"x\"}'; cat",
     [], 83, "duplicate"),
    ("nests deep", "printf '[%.0s' $(seq 99); echo; cat", [], 83,
     "nested deeper"),
    ("acknowledges before it is ready",
     "echo '{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":1}}'; cat", [],
     83, "said tick_ack before ready"),
    ("wants cubes",
     "echo '{\"type\":\"ready\",\"data\":{\"profile\":\"cubes\"}}'; cat", [],
     83, 'ready.profile is "cubes"; it must be one of rows, columns'),
    ("wants to wake at nonsense",
     "echo '{\"type\":\"ready\",\"data\":{\"wake\":\"close >\"}}'; cat", [],
     83, "asked for what can't be: ready.wake"),
    ("wants a warm-up below zero",
     "echo '{\"type\":\"ready\",\"data\":{\"warmup_bars\":-1}}'; cat", [],
     83, "ready.warmup_bars is -1; it must be a whole number from 0"),
    ("subscribes to what there is not",
     "echo '{\"type\":\"ready\",\"data\":{\"subscribe\":[\"news\"]}}'; cat",
     [], 83, "subscribes to 'news'"),
    ("says bye at once", READY + "echo '{\"type\":\"bye\"}'; cat", [], 83,
     "said bye before the run was over"),
    ("is ready twice",
     READY + "echo '{\"type\":\"ready\",\"data\":{}}'; cat", [], 83,
     "said ready twice"),
    ("never answers", "exec sleep 60", ["--ack-timeout", SOON], 83,
     "gave no answer in 300 ms; a longer --ack-timeout"),
    ("hangs in a step", at(3, "exec sleep 60"), ["--ack-timeout", SOON],
     83, r"in step 3 \(2019-01-04T21:00:00Z\) the strategy's process gave no"),
    ("answers in drops", READY + "while printf x; do sleep 0.02; done",
     ["--ack-timeout", SOON], 83, "gave no answer in 300 ms"),
    ("floods and never reads", READY + "yes '{\"type\":\"query_orders\"}'",
     ["--ack-timeout", SOON], 83, "gave no answer in 300 ms"),
    ("acknowledges another step",
     READY + "echo '{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":7}}'; "
     "cat >/dev/null", [], 83,
     "acknowledged sequence_id 7; 1 was to be acknowledged"),
    ("acknowledges twice",
     at(2, "echo '{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":2}}'"),
     [], 83, "acknowledged sequence_id 2; 3 was to be"),
    ("writes a line that is too long",
     READY + "head -c 2000000 /dev/zero | tr '\\0' x; echo; cat", [], 83,
     'wrote a line of more than 1048576 bytes, which begins "xxxx'),
    ("closes its output", READY + "exec sleep 60 >&-", [], 83,
     "closed its output without ending"),
    ("closes its input", READY + "exec sleep 60 <&-",
     ["--ack-timeout", SOON], 83, "gave no answer"),
    ("ends inside of a line", READY + "printf '{\"type\"'", [], 83,
     'ended its output inside of a line: "{"type"'),
    ("exits in a step", at(2, "exit 3"), [], 83,
     "in step 2 .* ended with exit status 3; its error output may say why"),
    ("is killed", at(2, "kill -9 $$"), [], 83, "was ended by signal 9"),
    ("ends badly after the end", LOOP % ("", "exit 5"), [], 83,
     "after step 2516? .* ended with exit status 5|after step .*status 5"),
    ("does not end", LOOP % ("", "exec sleep 60 >&-"),
     ["--ack-timeout", SOON], 83, "did not end within 300 ms"),
    ("orders a quantity that is none",
     at(1, ORDER % ',"quantity":"abc"'), [], 83,
     r'order_batch.orders\[0\].quantity is "abc"; it must be a decimal'),
    ("orders more digits than a number has",
     at(1, ORDER % ',"quantity":1.2345678901234567'), [], 83,
     r"orders\[0\].quantity is 1.2345678901234567; it must be a number of "
     "at most 15 digits"),
    ("orders nine places", at(1, ORDER % ',"quantity":"0.000000001"'), [],
     83, "at most eight places"),
    ("orders without a symbol",
     at(1, ORDER.replace('"symbol":"ACME",', "") % ""), [], 83,
     r"order_batch.orders\[0\].symbol is missing"),
    ("holds as a side", at(1, ORDER.replace('"buy"', '"hold"') % ""), [], 83,
     r'orders\[0\].side is "hold"; it must be one of buy, sell'),
    ("orders an object", at(1, ORDER.replace(
        '"orders":[', '"orders":{"x":').replace("]", "}") % ""), [], 83,
     "order_batch.orders is a list or an object; it must be a list"),
    ("sets a timer without a time",
     at(1, 'echo \'{"type":"timer_set","data":{"timer_id":"t"}}\''), [], 83,
     "timer_set needs either at or after_sec"),
    ("measures infinity", at(1, 'echo \'{"type":"metric","data":{"name":"z",'
                             '"value":1e999}}\''), [], 83, "wrote "),
    ("measures without a name",
     at(1, 'echo \'{"type":"metric","data":{"value":1}}\''), [], 83,
     "metric.name is missing"),
    ("logs a list", at(1, 'echo \'{"type":"log","data":{"message":[1]}}\''),
     [], 83, "log.message is a list or an object; it must be a text"),
]

# An order or request, and the answer's text; the run goes on.
REFUSALS = [
    (ORDER % ',"quantity":-5', r'"a":"INVALID_ORDER_QUANTITY: '),
    (ORDER % ',"quantity":0', r'"a":"INVALID_ORDER_QUANTITY: '),
    (ORDER % "", "INVALID_ORDER_QUANTITY: an order states its size once"),
    (ORDER % ',"quantity":1,"notional":5', "states its size once"),
    (ORDER.replace("ACME", "NONE") % ',"quantity":1',
     "INVALID_SYMBOL: the run has no symbol NONE"),
    (ORDER.replace('"a"', '"a b"') % ',"quantity":1',
     "INVALID_PARAMS: order_id must be"),
    (ORDER % ',"quantity":1,"type":"limit","price":1.005',
     "INVALID_PRICE: .*1.005"),
    (ORDER % ',"quantity":1,"oco_with":"zz"', "UNKNOWN_ORDER: oco_with"),
    (ORDER % ',"quantity":1,"trail_price":1,"trail_percent":1',
     "INVALID_PRICE: a trail is"),
    (ORDER % ',"quantity":1' + "; " + ORDER % ',"quantity":1',
     "DUPLICATE_ORDER_ID: an order of this run is called a already"),
    ('echo \'{"type":"cancel_order","data":{"order_id":"q"},'
     '"request_id":"r7"}\'',
     '"error_code":"UNKNOWN_ORDER".*"failed_request_id":"r7"'),
    ('echo \'{"type":"replace_order","data":{"order_id":"q"}}\'',
     "UNKNOWN_ORDER"),
    ('echo \'{"type":"dance"}\'', '"error_code":"UNKNOWN_TYPE"'),
    ('echo \'{"type":"tick"}\'', '"error_code":"UNKNOWN_TYPE"'),
    ('echo \'{"type":"cancel_all","data":{"symbol":"NONE"}}\'',
     "INVALID_SYMBOL"),
    ('echo \'{"type":"annotate","data":{"text":"x","symbol":"NONE"}}\'',
     "INVALID_SYMBOL"),
]


def is_running(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def sealed(home):
    """The last lines of the logs that runs have left."""
    ends = []
    for folder, _, files in os.walk(home.path):
        for name in files:
            if name.endswith(".ndjson"):
                with open(os.path.join(folder, name), "rb") as f:
                    ends.append(f.read().splitlines()[-1])
    return ends


def wrong_child(t, home, name, command, options, status, text):
    for ms in PATIENCE if SOON in options else PATIENCE[:1]:
        rc, out, err = home.exec(command, "--data", ACME, *[
            "%dms" % ms if o == SOON else o for o in options])
        last = err.strip().split("\n")[-1]
        is_right = rc == status and re.search(
            text.replace("300 ms", "%d ms" % ms), last) and \
            last.startswith("simutrador: ")
        if is_right:
            break
    t.check(name, is_right, rc, out, err)


def main():
    t = Tally()
    with Home() as home:
        for row in CHILDREN:
            wrong_child(t, home, *row)
        for request, text in REFUSALS:
            child = LOOP % ("[ $n != 1 ] || { %s; }" % request, "")
            child = child.replace("do case", "do echo \"$l\" >&2; case")
            rc, out, err = home.exec(child, "--data", ACME)
            t.check(request, rc == 0 and re.search(text, err), rc, err)
        # What it has started ends with it, and the log is sealed.
        rc, out, err = home.run(
            "simulate", "--data", ACME, "--exec", "sleep 1000 & echo $! >pid;"
            + at(5, ORDER % ',"quantity":1').replace(
                "$n'}}' ;;", "$n'}}'; [ $n != 9 ] || exit 9 ;;"))
        t.check("a run that fails is kept", rc == 83, rc, out, err)
        ends = sealed(home)
        t.check("its log is sealed", any(b'"seal"' in e for e in ends), ends)
        with open(os.path.join(home.path, "pid"), encoding="ascii") as f:
            pid = int(f.read())
        end = time.monotonic() + 60
        while is_running(pid) and time.monotonic() < end:
            time.sleep(0.02)
        t.check("its processes are gone", not is_running(pid))
    return t.end()


if __name__ == "__main__":
    sys.exit(main())
