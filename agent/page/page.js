/* What the drone says, written down each second. For browsers of ten years ago: no modules, no promises, no build. */
(function () {
  'use strict';
  var EVERY_MS = 1000;
  var WAIT_MS = 3000;
  /* A lock is in force at once, but answered when the disk has it: a bad card takes its time. */
  var ORDER_WAIT_MS = 15000;
  /* Without an answer for so long what stands here is old. */
  var STALE_MS = 3000;
  var LEVEL_WORDS = { stop: 'STOP', warn: 'WARN', ok: 'ok' };

  var drawn = {};
  var view = null;
  /* When the question was asked that the answer shown belongs to. */
  var askedMs = null;
  var startedMs = now();
  var failure = '';

  function now() {
    return window.performance && performance.now ? performance.now() : new Date().getTime();
  }
  function find(selector) {
    return document.querySelector(selector);
  }
  function make(tag, text, level) {
    var element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (level) element.setAttribute('data-level', level);
    return element;
  }
  function within(parent) {
    for (var i = 1; i < arguments.length; i++) parent.appendChild(arguments[i]);
    return parent;
  }
  function refill(parent, children) {
    while (parent.firstChild) parent.removeChild(parent.firstChild);
    for (var i = 0; i < children.length; i++) parent.appendChild(children[i]);
  }
  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }
  /* Draws a part only when it has changed: a reader is not interrupted. */
  function part(name, data, draw) {
    var text = JSON.stringify(data);
    if (drawn[name] === text) return;
    drawn[name] = text;
    draw(data);
  }
  function span(ms) {
    var s = Math.round(ms / 1000);
    if (s < 120) return s + ' s';
    return s < 7200 ? Math.round(s / 60) + ' min' : Math.round(s / 360) / 10 + ' h';
  }
  function clock(ms) {
    var date = new Date(ms);
    function two(n) {
      return (n < 10 ? '0' : '') + n;
    }
    return two(date.getHours()) + ':' + two(date.getMinutes()) + ':' + two(date.getSeconds());
  }

  function drawApproach() {
    var box = find('#approach');
    var ageMs = askedMs === null ? Infinity : now() - askedMs;
    var known = view !== null && ageMs < STALE_MS;
    var safe = known && view.approach.safe && ageMs < view.approach.holdsMs;
    var missing = !known ? ['the drone does not answer'] : view.approach.missing;
    if (known && view.approach.safe && !safe) missing = ['what is known is older than 2 s'];
    part('approach', [safe, missing], function () {
      box.setAttribute('data-safe', safe ? 'yes' : 'no');
      box.querySelector('b').textContent = safe ? '✓ Safe to approach' : '✕ NOT safe to approach';
      refill(
        box.querySelector('ul'),
        (safe ? ['disarmed, on the ground, locked'] : missing).map(function (words) {
          return make('li', words);
        }),
      );
    });
  }

  function drawLock(lock) {
    var button = find('#do');
    find('#lock b').textContent = lock ? 'LOCKED' : 'not locked';
    find('#lock b').setAttribute('data-level', lock ? 'ok' : 'attention');
    var words = '';
    if (lock) {
      words = (lock.here ? 'Set at the drone' : 'Set by ' + lock.by) + ': ' + lock.reason;
      if (lock.at) words += ' (' + lock.at.replace('T', ' ').slice(0, 16) + ' UTC)';
      if (!lock.here) words += '. An operator has set it: an operator removes it.';
    }
    find('#held').textContent = words;
    button.textContent = lock ? 'Unlock…' : 'Lock';
    button.setAttribute('data-what', lock ? 'unlock' : 'lock');
    button.disabled = !!lock && !lock.here;
  }

  function check(item) {
    var level = { stop: 'danger', warn: 'attention', ok: 'ok' }[item.verdict];
    var words = within(make('span'), make('b', item.item), document.createTextNode(' ' + item.words));
    if (item.seen) words.appendChild(make('small', item.seen));
    var mark = make('span', LEVEL_WORDS[item.verdict], level);
    mark.className = 'mark';
    var line = within(make('li'), mark, words);
    line.setAttribute('data-verdict', item.verdict);
    return line;
  }

  function drawPart(each) {
    var list = make('dl');
    each.rows.forEach(function (row) {
      within(list, make('dt', row.name), make('dd', row.value, row.level === 'plain' ? '' : row.level));
    });
    var section = within(make('section'), make('h2', each.title), list);
    section.setAttribute('data-part', each.title);
    return section;
  }

  function draw() {
    document.body.className = '';
    write(find('#headline'), view.headline.words);
    find('#headline').setAttribute('data-level', view.headline.level);
    write(find('#vehicle'), view.vehicle.words);
    find('#vehicle').setAttribute('data-level', view.vehicle.level);
    write(find('#name'), view.drone);
    document.title = view.drone + ': ' + view.headline.words;
    part('problems', view.problems, function (problems) {
      find('#problems').hidden = problems.length === 0;
      refill(
        find('#problems ul'),
        problems.map(function (problem) {
          return within(make('li'), make('b', problem.words), make('p', problem.advice));
        }),
      );
    });
    part('lock', view.lock, drawLock);
    part('preflight', view.preflight, function (preflight) {
      write(find('#preflight b'), preflight.words);
      find('#preflight b').setAttribute('data-level', preflight.level);
      refill(find('#preflight ul'), preflight.items.map(check));
    });
    part('parts', view.parts, function (parts) {
      refill(find('#parts'), parts.map(drawPart));
    });
    part('texts', view.texts, function (texts) {
      refill(
        find('#texts ul'),
        texts.map(function (text) {
          return within(make('li'), make('small', span(text.ageMs) + ' ago'), make('span', text.words, text.level));
        }),
      );
    });
    part('log', view.log, function (lines) {
      refill(
        find('#log ul'),
        lines.map(function (line) {
          var level = { warn: 'attention', error: 'danger' }[line.level];
          var head = clock(line.timeMs) + ' ' + line.level.toUpperCase() + ' ' + line.part;
          return within(make('li'), make('small', head), make('span', line.words, level));
        }),
      );
    });
  }

  function age() {
    var ms = now() - (askedMs === null ? startedMs : askedMs);
    var stale = ms >= STALE_MS;
    var banner = find('#stale');
    if (stale) {
      var what = view === null ? '' : ' What stands below is old.';
      write(banner, (failure || 'No answer from the drone') + ' since ' + span(ms) + '.' + what);
    }
    banner.hidden = !stale;
    if (view !== null) document.body.className = stale ? 'old' : '';
    drawApproach();
  }

  function ask() {
    var atMs = now();
    var request = new XMLHttpRequest();
    request.open('GET', '/view.json');
    request.timeout = WAIT_MS;
    request.onload = function () {
      try {
        var answer = JSON.parse(request.responseText);
        failure = request.status === 200 ? '' : answer.message;
        if (request.status === 200) {
          view = answer.view;
          askedMs = atMs - answer.ageMs;
          draw();
        }
      } catch (error) {
        failure = 'No answer that makes sense';
      }
      age();
    };
    request.onerror = request.ontimeout = function () {
      failure = '';
    };
    request.onloadend = function () {
      setTimeout(ask, Math.max(100, EVERY_MS - (now() - atMs)));
    };
    request.send();
  }

  find('form').onsubmit = function (event) {
    event.preventDefault();
    var what = find('#do').getAttribute('data-what');
    var reason = find('#reason').value.trim();
    var said = find('#said');
    if (reason === '') {
      said.textContent = 'Say why first.';
      find('#reason').focus();
      return;
    }
    if (
      what === 'unlock' &&
      !window.confirm('Unlock ' + (view ? view.drone : 'it') + '? Its propellers may turn after this. Is everybody clear?')
    )
      return;
    find('#do').disabled = true;
    said.textContent = 'Asking the drone…';
    var request = new XMLHttpRequest();
    request.open('POST', '/' + what);
    request.timeout = ORDER_WAIT_MS;
    request.setRequestHeader('content-type', 'application/json');
    request.setRequestHeader('x-skein-page', '1');
    request.onload = function () {
      var answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch (error) {}
      if (request.status !== 200) said.textContent = 'Not done: ' + (answer.message || 'no reason given') + '.';
      else {
        find('#reason').value = '';
        said.textContent =
          answer.kept === false ? 'Locked now, but the disk did not take it: a restart would forget it.' : 'Done.';
      }
    };
    request.onerror = request.ontimeout = function () {
      said.textContent = 'No answer: whether it was done is not known. Look at what stands above.';
    };
    request.onloadend = function () {
      drawn.lock = '';
      if (view !== null) drawLock(view.lock);
    };
    request.send(JSON.stringify({ reason: reason }));
  };

  find('#theme').onclick = function () {
    var night = document.documentElement.getAttribute('data-theme') !== 'night';
    document.documentElement.setAttribute('data-theme', night ? 'night' : 'outdoors');
    find('#theme').textContent = night ? 'Day' : 'Night';
  };

  setInterval(age, 500);
  ask();
})();
