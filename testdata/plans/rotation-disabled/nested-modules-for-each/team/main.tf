terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.keys]
    }
  }
}

variable "keys" {
  type = map(object({
    rotation = optional(bool)
    spec     = optional(string)
  }))
}

resource "aws_kms_key" "this" {
  for_each = var.keys
  provider = aws.keys

  customer_master_key_spec = each.value.spec
  enable_key_rotation      = each.value.spec == null ? each.value.rotation : null
}
