provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  for_each = {
    "both"         = { Owner = "payments", DataClass = "secret" }
    "empty value"  = { Owner = "payments", DataClass = "" }
    "one more"     = { Owner = "payments", DataClass = "secret", Team = "payments" }
    "one of two"   = { Owner = "payments" }
    "another case" = { owner = "payments", DataClass = "secret" }
    "none"         = {}
  }

  enable_key_rotation = true
  tags                = each.value
}
