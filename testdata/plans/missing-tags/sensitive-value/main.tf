provider "aws" {
  region = "eu-west-1"
}

variable "owner" {
  type      = string
  sensitive = true
  default   = "payments"
}

resource "aws_kms_key" "app" {
  enable_key_rotation = true

  tags = {
    Owner = var.owner
  }
}

resource "aws_kms_key" "other" {
  enable_key_rotation = true

  tags = sensitive({
    Team = "payments"
  })
}
