terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.replica]
    }
  }
}

variable "primary_key_arn" {
  type = string
}

resource "aws_kms_replica_key" "this" {
  provider        = aws.replica
  primary_key_arn = var.primary_key_arn
}
