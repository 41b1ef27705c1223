# What the expressions may use. `answers/prelude.jsonl` says what each value is.

# What this resource puts out is not known before it is applied, but its type is that of the input.
resource "terraform_data" "u" {
  input = "u"
}

resource "terraform_data" "number" {
  input = 1
}

resource "terraform_data" "bool" {
  input = true
}

resource "terraform_data" "list" {
  input = tolist(["u"])
}

resource "terraform_data" "set" {
  input = toset(["u"])
}

resource "terraform_data" "map" {
  input = tomap({ u = "u" })
}

resource "terraform_data" "object" {
  input = { a = "u", b = 1 }
}

resource "terraform_data" "tuple" {
  input = ["u", 1]
}

locals {
  # An id is never null. All other unknown values here may be null.
  unknown        = terraform_data.u.id
  unknown_string = terraform_data.u.output
  unknown_number = terraform_data.number.output
  unknown_bool   = terraform_data.bool.output
  unknown_list   = terraform_data.list.output
  unknown_set    = terraform_data.set.output
  unknown_map    = terraform_data.map.output
  unknown_object = terraform_data.object.output
  unknown_tuple  = terraform_data.tuple.output
  # Not even its type is known.
  unknown_any = jsondecode(terraform_data.u.output)

  partial_list   = tolist(["a", local.unknown, "c"])
  partial_tuple  = ["a", local.unknown, 3]
  partial_set    = toset(["a", local.unknown])
  partial_map    = tomap({ a = "x", b = local.unknown })
  partial_object = { a = "x", b = local.unknown, c = 3 }
  # Some of its keys are not known, and so all of it.
  unknown_keys = { (local.unknown) = "x" }

  hidden      = sensitive("hidden")
  hidden_list = sensitive(["a", "b"])
  hidden_map  = { a = sensitive("x"), b = "y" }

  null_string = tostring(null)
  null_list   = true ? null : tolist(["a"])
  null_map    = true ? null : tomap({ a = "x" })

  list   = tolist(["a", "b", "c"])
  tuple  = ["a", 2, true]
  set    = toset(["c", "a", "b"])
  map    = tomap({ b = "2", a = "1" })
  object = { name = "n", size = 3, tags = { Owner = "me" }, items = ["x", "y"] }
  people = [{ name = "Ann", age = 30 }, { name = "Bob", age = 25 }, { name = "Cid", age = 30 }]
  users  = tomap({ ann = { admin = true, groups = ["a", "b"] }, bob = { admin = false, groups = [] } })

  long_string = join("", [for number in range(300) : format("%03d.", number)])
  long_list   = tolist([for number in range(120) : tostring(number)])

  # Templates for `templatestring`, which takes nothing but a reference.
  template      = "Hello, $${name}!%%{ if loud } LOUD%%{ endif }"
  template_list = "%%{ for item in items ~}\n- $${item}\n%%{ endfor ~}\n"
  template_bad  = "Hello, $${"
  template_none = "plain"
}
