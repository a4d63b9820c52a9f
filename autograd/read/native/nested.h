/* A program of numbers alone, as a function of Python's own kind: it reads the floats in nested lists and tuples, runs
 * the program, and makes the lists and tuples of its results. No float is handed over one by one in Python.
 *
 * It is built once, for all programs. What stands in front of it is said in interface.py. */

/* The form of a value: a tuple or a list of n values, whose forms follow; a float; or the n-th of some constants. Of
 * arguments floats are not counted; of results n is the number of what is computed or, behind those, was given. */
typedef struct { ptrdiff_t kind, n; } Form;
/* What is known of a program, as the data of an array of integers: how many numbers it is given, how many it computes,
 * and how many of the given ones may be results as well; the forms of its arguments, which are a tuple, and then that
 * of its result. */
typedef struct { ptrdiff_t function, given, computed, passed; Form forms[]; } Plan;
/* What `self` holds: the plan, then the constants. */
enum { PLAN, CONSTANTS };

static PyObject **items_of(PyObject *container, ptrdiff_t kind)
{
    return kind == FORM_LIST ? ((List *)container)->items : ((Tuple *)container)->items;
}

/* The floats in a value go to `floats`, which goes on; the form behind its own, or NULL where it has another one. */
static const Form *taken(PyObject *value, const Form *form, PyObject ***floats)
{
    ptrdiff_t kind = form->kind, n = form->n;
    if (kind == FORM_FLOAT) {
        if (value->type != cg_float_type) return NULL;
        *(*floats)++ = value;
        return form + 1;
    }
    if (value->type != (kind == FORM_LIST ? cg_list_type : cg_tuple_type) || ((List *)value)->size != n) return NULL;
    PyObject **items = items_of(value, kind);
    form++;
    for (ptrdiff_t i = 0; form && i < n; i++) form = taken(items[i], form, floats);
    return form;
}

/* The same for all arguments. */
static const Form *all_taken(const Plan *plan, PyObject *const *given, ptrdiff_t count, PyObject **floats)
{
    const Form *form = plan->forms;
    if (form->n != count) return NULL;
    form++;
    for (ptrdiff_t i = 0; form && i < count; i++) form = taken(given[i], form, &floats);
    return form;
}

static PyObject *made(const Form **form, const double *numbers, PyObject *const *constants)
{
    ptrdiff_t kind = (*form)->kind, n = (*form)++->n;
    if (kind == FORM_FLOAT) return cg_float(numbers[n]);
    if (kind == FORM_CONSTANT) {
        cg_hold(constants[n]);
        return constants[n];
    }
    PyObject *container = kind == FORM_LIST ? cg_list(n) : cg_tuple(n);
    for (ptrdiff_t i = 0; container && i < n; i++)
        if (!(items_of(container, kind)[i] = made(form, numbers, constants))) {
            cg_drop(container);
            return NULL;
        }
    return container;
}

/* The result. `objects` is room for the tuple that the program is given, `numbers` for those that are results. */
static PyObject *ran(PyObject *self, PyObject *const *given, ptrdiff_t count, Tuple *objects, double *numbers)
{
    PyObject *const *own = ((Tuple *)self)->items;
    const Plan *plan = ((Array *)own[PLAN])->data;
    const Form *result = all_taken(plan, given, count, objects->items);
    if (!result) {
        cg_fail(cg_value_error, "The arguments are not of the kind that this program is for.");
        return NULL;
    }
    Array results = {.data = numbers};
    objects->items[plan->given] = (PyObject *)&results;
    if (((int (*)(Tuple *))plan->function)(objects)) return cg_no_memory();
    for (ptrdiff_t i = 0; i < plan->passed; i++)  /* while the arguments are sure to be there */
        numbers[plan->computed + i] = ((Float *)objects->items[i])->value;
    return made(&result, numbers, own + CONSTANTS);
}

enum { HEAD = sizeof(Tuple) / sizeof(PyObject *), FEW = 512 };

/* Room for the objects, where there is too little on the stack; behind them for the numbers that are results. */
static PyObject **room(const Plan *plan)
{
    return malloc((HEAD + plan->given + 1) * sizeof(PyObject *) + (plan->computed + plan->passed) * sizeof(double));
}

static PyObject *run(PyObject *self, PyObject *const *given, ptrdiff_t count)
{
    const Plan *plan = ((Array *)((Tuple *)self)->items[PLAN])->data;
    ptrdiff_t words = HEAD + plan->given + 1;
    if (words <= FEW && plan->computed + plan->passed <= FEW) {
        PyObject *objects[FEW];
        double numbers[FEW];
        return ran(self, given, count, (Tuple *)objects, numbers);
    }
    PyObject **objects = room(plan);
    if (!objects) return cg_no_memory();
    PyObject *result = ran(self, given, count, (Tuple *)objects, (double *)(objects + words));
    free(objects);
    return result;
}

/* Whether the arguments are of the kind that the program is for. */
static PyObject *fits(PyObject *self, PyObject *const *given, ptrdiff_t count)
{
    const Plan *plan = ((Array *)((Tuple *)self)->items[PLAN])->data;
    PyObject *few[FEW], **objects = plan->given <= FEW ? few : room(plan);
    if (!objects) return cg_no_memory();
    PyObject *answer = all_taken(plan, given, count, objects) ? cg_true : cg_false;
    if (objects != few) free(objects);
    cg_hold(answer);
    return answer;
}

Method cg_run = {"program", run, 0x80, NULL}, cg_fits = {"fits", fits, 0x80, NULL};
