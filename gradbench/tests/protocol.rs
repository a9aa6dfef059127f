//! Sessions as GradBench leads them: a response for each message, results that fit, and answers to what is unknown.

use gradbench::protocol::serve;
use serde_json::{Value, json};

/// What is answered to these messages, which are numbered here.
fn session(messages: &[Value]) -> Vec<Value> {
    let number = |(i, message): (usize, &Value)| {
        let mut message = message.clone();
        message["id"] = i.into();
        format!("{message}\n")
    };
    let input: String = messages.iter().enumerate().map(number).collect();
    let mut output = Vec::new();
    serve(input.as_bytes(), &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    let responses: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(responses.len(), messages.len());
    for (i, response) in responses.iter().enumerate() {
        assert_eq!(response["id"], i);
    }
    responses
}

fn evaluate(module: &str, function: &str, input: Value) -> Value {
    json!({"kind": "evaluate", "module": module, "function": function, "input": input})
}

/// The output of one function.
fn output(module: &str, function: &str, input: Value) -> Value {
    let [response] = session(&[evaluate(module, function, input)])
        .try_into()
        .unwrap();
    assert_eq!(response["success"], true, "{response}");
    response["output"].clone()
}

#[test]
fn a_session() {
    let responses = session(&[
        json!({"kind": "start", "eval": "hello"}),
        json!({"kind": "define", "module": "hello"}),
        evaluate("hello", "square", json!(3.0)),
        json!({"kind": "analysis", "of": 2, "valid": true}),
        evaluate("hello", "double", json!(3)),
        json!({"kind": "something that later versions may ask"}),
    ]);
    assert_eq!(responses[0], json!({"id": 0, "tool": "pullback"}));
    assert_eq!(responses[1], json!({"id": 1, "success": true}));
    assert_eq!(responses[2]["output"], 9.0);
    assert_eq!(responses[2]["timings"][1]["name"], "evaluate");
    assert_eq!(responses[3], json!({"id": 3}));
    assert_eq!(responses[4]["output"], 6.0);
    assert_eq!(responses[5], json!({"id": 5}));
}

#[test]
fn what_is_unknown() {
    let responses = session(&[
        json!({"kind": "define", "module": "chess"}),
        evaluate("lse", "hessian", json!({"x": [1.0]})),
        evaluate("lse", "primal", json!({"y": [1.0]})),
        evaluate("det", "primal", json!({"A": [1.0, 2.0], "ell": 2})),
        evaluate("hello", "square", json!("three")),
    ]);
    for response in responses {
        assert_eq!(response["success"], false, "{response}");
        assert!(!response["error"].as_str().unwrap().is_empty());
    }
}

#[test]
fn as_many_runs_as_asked_for() {
    let runs = |input: Value| {
        let [response] = session(&[evaluate("lse", "gradient", input)])
            .try_into()
            .unwrap();
        let names = response["timings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t["name"].clone());
        names.filter(|name| name == "evaluate").count()
    };
    assert_eq!(runs(json!({"x": [1.0, 2.0]})), 1);
    assert_eq!(
        runs(json!({"x": [1.0, 2.0], "min_runs": 7, "min_seconds": 0})),
        7
    );
    assert!(runs(json!({"x": [1.0, 2.0], "min_runs": 1, "min_seconds": 0.01})) > 7);
}

#[test]
fn shapes_of_results() {
    assert_eq!(
        output("lse", "gradient", json!({"x": [0.0, 0.0]})),
        json!([0.5, 0.5])
    );
    let line = json!({"x": [0.0, 1.0], "n": 3});
    assert_eq!(output("llsq", "primal", line.clone()), 0.0);
    assert_eq!(output("llsq", "gradient", line), json!([0.0, 0.0]));
    let matrix = json!({"A": [1.0, 2.0, 3.0, 4.0], "ell": 2});
    assert_eq!(output("det", "primal", matrix.clone()), -2.0);
    assert_eq!(
        output("det", "gradient", matrix),
        json!([4.0, -3.0, -2.0, 1.0])
    );
    assert_eq!(
        output("ode", "primal", json!({"x": [3.0], "s": 2})),
        json!([6.0])
    );
    let slope = output("ode", "gradient", json!({"x": [3.0], "s": 2}));
    assert_eq!(slope.as_array().unwrap().len(), 1);
    assert!((slope[0].as_f64().unwrap() - 2.0).abs() < 1e-15);
    let clusters = json!({"points": [[1.0, 0.0], [3.0, 0.0]], "centroids": [[1.0, 1.0]]});
    assert_eq!(output("kmeans", "cost", clusters.clone()), 6.0);
    assert_eq!(output("kmeans", "dir", clusters), json!([[-1.0, 1.0]]));
    let mixture = json!({
        "d": 2, "k": 1, "n": 1, "alpha": [0.5], "mu": [[0.0, 0.0]], "q": [[0.0, 0.0]], "l": [[0.0]],
        "x": [[1.0, 2.0]], "gamma": 1.0, "m": 0
    });
    // With one component the weight does not matter; the point pulls the mean; the prior holds Q near zero.
    assert_eq!(
        output("gmm", "jacobian", mixture),
        json!({"alpha": [0.0], "mu": [[1.0, 2.0]], "q": [[-1.0, -4.0]], "l": [[-2.0]]})
    );
}

#[test]
fn bundle_adjustment_is_shortened() {
    let input = json!({
        "n": 2, "m": 2, "p": 3, "cam": [0.1, 0.2, 0.3, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
        "x": [1.0, 2.0, 3.0], "w": 0.5, "feat": [0.1, 0.2]
    });
    let residuals = output("ba", "objective", input.clone());
    assert_eq!(residuals["w_err"], json!({"element": 0.75, "repeated": 3}));
    assert_eq!(residuals["reproj_error"]["repeated"], 3);
    let jacobian = output("ba", "jacobian", input);
    for part in ["rows", "cols", "vals"] {
        assert_eq!(
            jacobian[part].as_array().unwrap().len(),
            if part == "rows" { 11 } else { 31 }
        );
    }
    assert_eq!(jacobian["vals"][30], -1.0);
    assert_eq!(jacobian["cols"][30], 22 + 6 + 2);
}

#[test]
fn nested_descents() {
    for function in ["rr", "rf", "fr", "ff"] {
        let w = output("particle", function, json!({"w": 0.0}));
        let miss = gradbench::evals::particle::miss::<true>(w.as_f64().unwrap());
        assert!(miss < 1e-6, "{function}: {w} misses by {miss}");
        let saddle = output("saddle", function, json!({"start": [1.0, -1.0]}));
        assert_eq!(saddle.as_array().unwrap().len(), 4);
        for x in saddle.as_array().unwrap() {
            assert!(x.as_f64().unwrap().abs() < 1e-5, "{function}: {saddle}");
        }
    }
}
