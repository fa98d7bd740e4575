// HOLDS(condition), in member functions of AnswerJudge: what must be true of an
// answer.
#pragma once

#define HOLDS(condition)                 \
  (static_cast<bool>(condition) ? void() \
                                : Breach(__FILE__, __LINE__, #condition))
